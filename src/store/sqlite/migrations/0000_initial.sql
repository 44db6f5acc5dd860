CREATE TABLE `config_versions` (
	`hash` text PRIMARY KEY NOT NULL,
	`text` text NOT NULL,
	`author` text NOT NULL,
	`created_at_ms` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `decisions` (
	`id` text PRIMARY KEY NOT NULL,
	`created_at_ms` integer NOT NULL,
	`request_id` text NOT NULL,
	`session_id` text,
	`requested_model` text NOT NULL,
	`text` text,
	`text_digest` text,
	`text_is_truncated` integer NOT NULL,
	`text_has_signal` integer NOT NULL,
	`text_flags` text NOT NULL,
	`embedding` blob,
	`route` text NOT NULL,
	`model` text NOT NULL,
	`reason` text NOT NULL,
	`degraded_by` text,
	`confidence` real,
	`margin` real,
	`threshold` real,
	`scores` text NOT NULL,
	`neighbours` text NOT NULL,
	`index_generation` integer,
	`encoder_id` text,
	`config_version` text NOT NULL,
	`timings` text NOT NULL,
	`outcome` text NOT NULL,
	`completion_model` text,
	`attempts` text,
	`prompt_tokens` integer,
	`completion_tokens` integer,
	`usage_is_estimated` integer,
	`cost_usd` real,
	`first_token_ms` real,
	`total_ms` real
);
--> statement-breakpoint
CREATE INDEX `decisions_by_route` ON `decisions` (`route`,`id`);--> statement-breakpoint
CREATE INDEX `decisions_by_reason` ON `decisions` (`reason`,`id`);--> statement-breakpoint
CREATE INDEX `decisions_by_outcome` ON `decisions` (`outcome`,`id`);--> statement-breakpoint
CREATE INDEX `decisions_by_created_at_ms` ON `decisions` (`created_at_ms`);--> statement-breakpoint
CREATE TABLE `feedback` (
	`id` text PRIMARY KEY NOT NULL,
	`decision_id` text NOT NULL,
	`principal` text NOT NULL,
	`verdict` text NOT NULL,
	`correct_route` text,
	`score` real,
	`comment` text,
	`created_at_ms` integer NOT NULL,
	FOREIGN KEY (`decision_id`) REFERENCES `decisions`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `feedback_by_created_at_ms` ON `feedback` (`created_at_ms`,`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `feedback_one_vote` ON `feedback` (`decision_id`,`principal`);--> statement-breakpoint
CREATE TABLE `meta` (
	`key` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL
);
