CREATE TABLE `gateway_keys` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`owner` text,
	`roles` text NOT NULL,
	`models` text,
	`routes` text,
	`limits` text NOT NULL,
	`salt` text NOT NULL,
	`hash` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	`created_by` text NOT NULL,
	`expires_at_ms` integer,
	`revoked_at_ms` integer
);
--> statement-breakpoint
CREATE TABLE `key_usage` (
	`key_id` text NOT NULL,
	`day` text NOT NULL,
	`requests` integer NOT NULL,
	`tokens` integer NOT NULL,
	`budget_usd` real NOT NULL,
	PRIMARY KEY(`key_id`, `day`)
);
--> statement-breakpoint
ALTER TABLE `decisions` ADD `principal` text;--> statement-breakpoint
CREATE INDEX `decisions_by_principal` ON `decisions` (`principal`,`id`);