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
  ])('asks the application for its data source, %s, if none is given', (_title, name, token) => {
    const factory = typeOrmSagaStorage(name === undefined ? {} : { dataSource: name });
    expect(factory).toMatchObject({ kind: 'saga-storage-factory', inject: [token] });
    expect(factory.create(dataSource)).toBeInstanceOf(TypeOrmSagaStorage);
  });

  it.each([
    ['misspelt', { shema: 'x' }, 'shema is not an option (did you mean schema?)'],
    ['of another shape', { hints: 'off' }, 'hints is "off"'],
    ['out of range', { acquireTimeoutMs: -1 }, 'acquireTimeoutMs is -1'],
    ['not allowed', { schema: 'a"b' }, 'schema is "a\\"b"'],
    ['no logger', { logger: {} }, 'logger has no method "warn"'],
    ['no data source', { dataSource: 5 }, 'dataSource is 5'],
    ['no object at all', 'saga', 'the options object is "saga"'],
  ])('says what is wrong with an option that is %s, for the module to list', (_name, options, problem) => {
    const { optionProblems } = typeOrmSagaStorage(options as never);
    expect(optionProblems).toMatchObject([{ where: 'typeOrmSagaStorage()', problem }]);
  });

  it('refuses to open with options that do not exist', async () => {
    const storage = typeOrmSagaStorage({ dataSource, ...{ acquireTimeout: 5 } });
    await expect(storage.open()).rejects.toThrow(
      'acquireTimeout is not an option (did you mean acquireTimeoutMs?)',
    );
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
