CREATE TABLE `stored_responses` (
	`id` text NOT NULL,
	`principal` text NOT NULL,
	`decision_id` text NOT NULL,
	`previous_id` text,
	`input` text NOT NULL,
	`response` text NOT NULL,
	`expires_at_ms` integer NOT NULL,
	PRIMARY KEY(`principal`, `id`)
);
--> statement-breakpoint
CREATE INDEX `stored_responses_by_expiry` ON `stored_responses` (`expires_at_ms`);--> statement-breakpoint
CREATE INDEX `stored_responses_by_decision` ON `stored_responses` (`decision_id`);