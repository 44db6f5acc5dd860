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
