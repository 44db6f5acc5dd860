CREATE TABLE `usage_counts` (
	`grain` text NOT NULL,
	`start_ms` integer NOT NULL,
	`route` text NOT NULL,
	`model` text NOT NULL,
	`principal` text NOT NULL,
	`reason` text NOT NULL,
	`outcome` text NOT NULL,
	`requests` integer NOT NULL,
	`prompt_tokens` integer NOT NULL,
	`completion_tokens` integer NOT NULL,
	`cost_nano_usd` integer NOT NULL,
	`unpriced` integer NOT NULL,
	PRIMARY KEY(`grain`, `start_ms`, `route`, `model`, `principal`, `reason`, `outcome`)
);
--> statement-breakpoint
CREATE TABLE `usage_times` (
	`grain` text NOT NULL,
	`start_ms` integer NOT NULL,
	`route` text NOT NULL,
	`model` text NOT NULL,
	`principal` text NOT NULL,
	`reason` text NOT NULL,
	`kind` text NOT NULL,
	`step` integer NOT NULL,
	`requests` integer NOT NULL,
	PRIMARY KEY(`grain`, `start_ms`, `route`, `model`, `principal`, `reason`, `kind`, `step`)
);
