// Statements on `config_versions` and `config_activations`.
import { asc, desc } from 'drizzle-orm'
import type { ConfigActivation, ConfigVersion } from '../../core/records/config-version.ts'
import type { Db } from './db.ts'
import { configActivations, configVersions } from './schema/configs.ts'

const LISTED_ACTIVATIONS = 200

export const writeConfigVersion = (db: Db, version: ConfigVersion): void => {
  db.insert(configVersions).values(version).onConflictDoNothing().run()
}

/** Idempotent, because a write is repeated if its acknowledgement is lost. */
export const writeConfigActivation = (db: Db, activation: ConfigActivation): void => {
  db.insert(configActivations).values(activation).onConflictDoNothing().run()
}

export const readConfigVersions = (db: Db): ConfigVersion[] =>
  db
    .select()
    .from(configVersions)
    .orderBy(asc(configVersions.createdAtMs), asc(configVersions.hash))
    .all()

export const readConfigActivations = (db: Db): ConfigActivation[] =>
  db
    .select()
    .from(configActivations)
    .orderBy(desc(configActivations.atMs), desc(configActivations.id))
    .limit(LISTED_ACTIVATIONS)
    .all()
