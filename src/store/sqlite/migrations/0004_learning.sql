CREATE TABLE `config_activations` (
	`id` text PRIMARY KEY NOT NULL,
	`hash` text NOT NULL,
	`author` text NOT NULL,
	`cause` text NOT NULL,
	`at_ms` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `config_activations_by_time` ON `config_activations` (`at_ms`,`id`);--> statement-breakpoint
CREATE TABLE `forgotten_exemplars` (
	`exemplar_id` text PRIMARY KEY NOT NULL,
	`forgotten_at_ms` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `rulings` (
	`position` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
	`subject` text NOT NULL,
	`subject_id` text NOT NULL,
	`action` text NOT NULL,
	`route` text,
	`author` text NOT NULL,
	`note` text,
	`created_at_ms` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `rulings_once` ON `rulings` (`id`);--> statement-breakpoint
CREATE INDEX `rulings_by_subject` ON `rulings` (`subject`,`subject_id`,`position`);--> statement-breakpoint
CREATE TABLE `shadow_decisions` (
	`decision_id` text NOT NULL,
	`generation` integer NOT NULL,
	`route` text NOT NULL,
	`reason` text NOT NULL,
	`confidence` real,
	`created_at_ms` integer NOT NULL,
	PRIMARY KEY(`decision_id`, `generation`)
);
--> statement-breakpoint
CREATE INDEX `shadow_decisions_by_generation` ON `shadow_decisions` (`generation`,`decision_id`);--> statement-breakpoint
CREATE INDEX `shadow_decisions_by_created_at_ms` ON `shadow_decisions` (`created_at_ms`);--> statement-breakpoint
ALTER TABLE `decisions` ADD `skipped` text;--> statement-breakpoint
ALTER TABLE `decisions` ADD `word_logits` text;--> statement-breakpoint
ALTER TABLE `decisions` ADD `arm` text;--> statement-breakpoint
ALTER TABLE `decisions` ADD `user_digest` text;--> statement-breakpoint
CREATE INDEX `decisions_by_session` ON `decisions` (`session_id`,`id`);--> statement-breakpoint
CREATE INDEX `decisions_by_user` ON `decisions` (`user_digest`,`id`) WHERE "decisions"."user_digest" is not null;--> statement-breakpoint
CREATE INDEX `decisions_by_generation` ON `decisions` (`index_generation`);--> statement-breakpoint
ALTER TABLE `feedback` ADD `source` text DEFAULT 'explicit' NOT NULL;--> statement-breakpoint
ALTER TABLE `feedback` ADD `implicit_kind` text;