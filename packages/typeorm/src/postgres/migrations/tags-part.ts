import type { Tables } from '../tables.js';

/**
 * The tags of sagas, and the index by which lists find the beginning of a key: part of migration 2.
 *
 * - The index of the tags has only sagas with tags, so it costs the others nothing. Without a list of pending rows, each start
 *   pays for its own tags and no list has to read the unsorted rest.
 * - The index of the keys keeps its name and its rules: `text_pattern_ops` compares equal keys as before, and also finds those that
 *   begin alike, whatever the collation of the database.
 */
export function tagsPart({ schema, execution }: Tables): readonly string[] {
  return [
    `ALTER TABLE ${execution} ADD COLUMN tags text[]`,
    `CREATE INDEX saga_execution_tags ON ${execution} USING gin (tags) WITH (fastupdate = off) WHERE tags IS NOT NULL`,
    `DROP INDEX ${schema}.saga_execution_key`,
    `CREATE UNIQUE INDEX saga_execution_key ON ${execution} (saga_name, saga_key text_pattern_ops)
  WHERE saga_key IS NOT NULL`,
  ];
}
