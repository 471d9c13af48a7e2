import type { DataSource } from 'typeorm';
import { SagaEntityMappingError } from '../errors/saga-entity-mapping-error.js';
import { sagaEntities } from './saga-entities.js';

/**
 * Refuses saga entities that query tables or columns that do not exist: a prefix and a naming strategy of a data source
 * apply to them too, and TypeORM has no way to exclude an entity.
 *
 * @throws SagaEntityMappingError
 */
export function checkEntityNames({ entityMetadatas }: DataSource): void {
  for (const { options } of sagaEntities()) {
    const metadata = entityMetadatas.find(({ target }) => target === options.target);
    if (metadata === undefined) continue;
    const { tableName = '' } = options;
    if (metadata.tableName !== tableName)
      throw new SagaEntityMappingError(metadata.name, `the table "${metadata.tableName}"`, tableName);
    for (const [property, column] of Object.entries(options.columns)) {
      const expected = column?.name ?? property;
      const mapped = metadata.findColumnWithPropertyName(property)?.databaseName;
      if (mapped !== expected)
        throw new SagaEntityMappingError(metadata.name, `the column "${mapped}"`, expected);
    }
  }
}
