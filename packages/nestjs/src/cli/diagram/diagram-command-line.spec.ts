import { describe, expect, it } from '@jest/globals';
import { diagramKinds } from '@nest-saga/core/diagrams';
import { UsageError } from '../usage-error.js';
import { parseDiagramCommandLine } from './diagram-command-line.js';

describe('the command line of nest-saga diagram', () => {
  it('asks for the sequence diagrams of all sagas where it says nothing else', () => {
    expect(parseDiagramCommandLine(['app.module.js'])).toEqual({
      file: 'app.module.js',
      exportName: undefined,
      saga: undefined,
      version: undefined,
      kinds: ['sequence'],
      outputDirectory: undefined,
    });
  });

  it('reads the module, the saga, the version, the kinds and the target', () => {
    const line =
      'app.js --export Root --saga order --version 2 --kind state --kind class --kind state --out docs';
    expect(parseDiagramCommandLine(line.split(' '))).toEqual({
      file: 'app.js',
      exportName: 'Root',
      saga: 'order',
      version: 2,
      kinds: ['state', 'class'],
      outputDirectory: 'docs',
    });
  });

  it('asks for one execution, with or without the application', () => {
    const id = '01890A5D-ac96-774b-bcce-b302099a8057';
    const asked = { sagaId: id.toLowerCase(), url: 'postgres://a', schema: undefined };
    expect(parseDiagramCommandLine(['--execution', id, '--url', 'postgres://a'])).toMatchObject({
      file: undefined,
      execution: asked,
    });
    expect(parseDiagramCommandLine(['app.js', '--execution', id, '--schema', 'sagas'])).toMatchObject({
      file: 'app.js',
      execution: { url: undefined, schema: 'sagas' },
    });
  });

  it('asks for nothing but help', () => {
    expect(parseDiagramCommandLine(['--help'])).toBeUndefined();
    expect(parseDiagramCommandLine(['app.js', '-h'])).toBeUndefined();
  });

  it.each([
    ['', 'Say which file has the root module.'],
    ['one.js two.js', '"two.js" is one word too many.'],
    ['app.js --kind flow', `There is no diagram of kind "flow". There are: ${diagramKinds.join(', ')}.`],
    ['app.js --version latest', '"latest" is not a version: pass a positive whole number.'],
    ['app.js --version 0', '"0" is not a version: pass a positive whole number.'],
    ['--execution 42', '"42" is not the id of a saga: pass a UUID.'],
    ['app.js --url postgres://a', '--url is for --execution only.'],
    ['app.js --schema sagas', '--schema is for --execution only.'],
    ['--execution 01890a5d-ac96-774b-bcce-b302099a8057 --kind state', '--kind is not for --execution.'],
    ['app.js --colour', "Unknown option '--colour'"],
  ])('is refused as %j with the reason and the usage', (line, message) => {
    const parse = () => parseDiagramCommandLine(line.split(' ').filter((word) => word !== ''));
    expect(parse).toThrow(UsageError);
    expect(parse).toThrow(message);
  });
});
