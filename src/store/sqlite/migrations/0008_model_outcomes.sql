CREATE TABLE `evaluated_prompts` (
	`id` text PRIMARY KEY NOT NULL,
	`label` text NOT NULL,
	`text` text,
	`embedding` blob NOT NULL,
	`encoder_id` text NOT NULL,
	`scores` text NOT NULL,
	`costs` text NOT NULL,
	`principal` text NOT NULL,
	`created_at_ms` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `evaluated_prompts_by_created_at_ms` ON `evaluated_prompts` (`created_at_ms`);--> statement-breakpoint
CREATE INDEX `evaluated_prompts_by_principal` ON `evaluated_prompts` (`principal`);--> statement-breakpoint
ALTER TABLE `decisions` ADD `flaw` text;