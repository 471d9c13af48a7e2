import { InvalidArgumentError } from '@nest-saga/core';
import { getDataSourceToken } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { typeOrmSagaStorage } from './saga-storage-factory.js';
import { TypeOrmSagaStorage } from './typeorm-saga-storage.js';

const dataSource = new DataSource({ type: 'postgres', url: 'postgres://127.0.0.1:1/none' });

describe('typeOrmSagaStorage', () => {
  it('is the storage itself where a data source is given', () => {
    expect(typeOrmSagaStorage({ dataSource, schema: 'other' })).toBeInstanceOf(TypeOrmSagaStorage);
  });

  it.each([
    ['the only one', undefined, getDataSourceToken()],
    ['the one with a name', 'audit', getDataSourceToken('audit')],
  ])('asks the application for its data source, %s, where none is given', (_title, name, token) => {
    const factory = typeOrmSagaStorage(name === undefined ? {} : { dataSource: name });
    expect(factory).toMatchObject({ kind: 'saga-storage-factory', inject: [token] });
    expect(factory.create(dataSource)).toBeInstanceOf(TypeOrmSagaStorage);
  });

  it('refuses a schema name that could do harm', () => {
    expect(() => typeOrmSagaStorage({ dataSource, schema: 'a"b' })).toThrow(InvalidArgumentError);
  });

  it('says which database it needs where it is given another one', async () => {
    const other = { isInitialized: true, options: { type: 'sqljs' } } as unknown as DataSource;
    await expect(typeOrmSagaStorage({ dataSource: other }).open()).rejects.toThrow(
      /"postgres"; this one is "sqljs"/,
    );
  });
});
