CREATE TABLE `whole_usage_counts` AS SELECT `grain`, CAST(`start_ms` AS INTEGER), `route`, `model`, `principal`, `reason`, `outcome`, sum(`requests`), sum(`prompt_tokens`), sum(`completion_tokens`), sum(`cost_nano_usd`), sum(`unpriced`) FROM `usage_counts` GROUP BY 1, 2, 3, 4, 5, 6, 7;
--> statement-breakpoint
DELETE FROM `usage_counts`;
--> statement-breakpoint
INSERT INTO `usage_counts` SELECT * FROM `whole_usage_counts`;
--> statement-breakpoint
DROP TABLE `whole_usage_counts`;
--> statement-breakpoint
CREATE TABLE `whole_usage_times` AS SELECT `grain`, CAST(`start_ms` AS INTEGER), `route`, `model`, `principal`, `reason`, `kind`, `step`, sum(`requests`) FROM `usage_times` GROUP BY 1, 2, 3, 4, 5, 6, 7, 8;
--> statement-breakpoint
DELETE FROM `usage_times`;
--> statement-breakpoint
INSERT INTO `usage_times` SELECT * FROM `whole_usage_times`;
--> statement-breakpoint
DROP TABLE `whole_usage_times`;
--> statement-breakpoint
INSERT INTO `usage_counts` SELECT 'day', `start_ms` - `start_ms` % 86400000, `route`, `model`, `principal`, `reason`, `outcome`, sum(`requests`), sum(`prompt_tokens`), sum(`completion_tokens`), sum(`cost_nano_usd`), sum(`unpriced`) FROM `usage_counts` WHERE `grain` = 'hour' GROUP BY 1, 2, 3, 4, 5, 6, 7;
--> statement-breakpoint
INSERT INTO `usage_counts` SELECT 'hour:all', `start_ms` - `start_ms` % 3600000, '', '', '', '', `outcome`, sum(`requests`), sum(`prompt_tokens`), sum(`completion_tokens`), sum(`cost_nano_usd`), sum(`unpriced`) FROM `usage_counts` WHERE `grain` = 'hour' GROUP BY 1, 2, 3, 4, 5, 6, 7;
--> statement-breakpoint
INSERT INTO `usage_times` SELECT 'hour:all', `start_ms` - `start_ms` % 3600000, '', '', '', '', `kind`, `step`, sum(`requests`) FROM `usage_times` WHERE `grain` = 'hour' GROUP BY 1, 2, 3, 4, 5, 6, 7, 8;
--> statement-breakpoint
INSERT INTO `usage_times` SELECT 'hour:route', `start_ms` - `start_ms` % 3600000, `route`, '', '', '', `kind`, `step`, sum(`requests`) FROM `usage_times` WHERE `grain` = 'hour' GROUP BY 1, 2, 3, 4, 5, 6, 7, 8;
--> statement-breakpoint
INSERT INTO `usage_times` SELECT 'hour:model', `start_ms` - `start_ms` % 3600000, '', `model`, '', '', `kind`, `step`, sum(`requests`) FROM `usage_times` WHERE `grain` = 'hour' GROUP BY 1, 2, 3, 4, 5, 6, 7, 8;
--> statement-breakpoint
INSERT INTO `usage_times` SELECT 'day:all', `start_ms` - `start_ms` % 86400000, '', '', '', '', `kind`, `step`, sum(`requests`) FROM `usage_times` WHERE `grain` = 'hour' GROUP BY 1, 2, 3, 4, 5, 6, 7, 8;
--> statement-breakpoint
INSERT INTO `usage_times` SELECT 'day:route', `start_ms` - `start_ms` % 86400000, `route`, '', '', '', `kind`, `step`, sum(`requests`) FROM `usage_times` WHERE `grain` = 'hour' GROUP BY 1, 2, 3, 4, 5, 6, 7, 8;
--> statement-breakpoint
INSERT INTO `usage_times` SELECT 'day:model', `start_ms` - `start_ms` % 86400000, '', `model`, '', '', `kind`, `step`, sum(`requests`) FROM `usage_times` WHERE `grain` = 'hour' GROUP BY 1, 2, 3, 4, 5, 6, 7, 8;
