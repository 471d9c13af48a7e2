import { SagaError } from '@nest-saga/core';

/** No module of the application provides the data source of the saga repositories. */
export class SagaDataSourceMissingError extends SagaError {
  readonly code = 'SAGA_DATA_SOURCE_MISSING';

  constructor(
    /** The name of the data source; undefined for the one without a name. */
    readonly dataSource: string | undefined,
  ) {
    const which = dataSource === undefined ? 'a DataSource' : `the DataSource "${dataSource}"`;
    const remedy =
      dataSource === undefined
        ? "Import TypeOrmModule.forRoot({ type: 'postgres', … }) in the root module"
        : `Import TypeOrmModule.forRoot({ name: '${dataSource}', type: 'postgres', … }) in the root module`;
    super(
      `SagaRepositoriesModule needs ${which}, which no global module of this application provides. ${remedy}, or pass ` +
        'the DataSource itself: SagaRepositoriesModule.forRoot({ dataSource }).',
    );
  }
}
