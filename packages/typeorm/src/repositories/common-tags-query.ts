import type { EntityManager, ObjectLiteral, SelectQueryBuilder } from 'typeorm';
import type { Tables } from '../postgres/tables.js';
import { toTagsColumn } from '../postgres/mapping/tags-column.js';

/**
 * Whether the statistics of PostgreSQL have each of these tags among the most common ones. For any other tag the planner
 * assumes a fixed share of the table, which is far too large for a tag of a few sagas: it would read all sagas by their
 * creation until it has found a page.
 */
export function commonTagsQuery(
  manager: EntityManager,
  { schemaName }: Tables,
  tags: readonly string[],
): SelectQueryBuilder<ObjectLiteral> {
  return manager
    .createQueryBuilder()
    .select('stats.most_common_elems::text::text[] @> :tags::text[]', 'are_common')
    .from('pg_catalog.pg_stats', 'stats')
    .where(
      "stats.schemaname = :schemaName AND stats.tablename = 'saga_execution' AND stats.attname = 'tags'",
      {
        schemaName,
        tags: toTagsColumn(tags),
      },
    );
}
