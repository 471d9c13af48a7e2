import type { DynamicModule } from '@nestjs/common';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { SagaOperationsModule } from '../src/index.js';
import { closePages, openPage } from './support/open-page.js';

afterEach(closePages);

const files = ['page', 'page.js', 'page.css', 'icon.svg', 'api/overview', 'api/sagas', 'api/workers'];

/** The files and data that a request without a person gets. */
async function leaks(url: string): Promise<readonly string[]> {
  const answers = await Promise.all(files.map((file) => fetch(url + file)));
  return files.filter((_, index) => answers[index]?.status !== 403);
}

/** A deliberate mistake: the page itself has no guard, only its data has. */
function withoutGuardOfThePage(module: DynamicModule): DynamicModule {
  for (const controller of module.controllers ?? []) {
    if (controller.name === 'PageController') Reflect.defineMetadata('__guards__', [], controller);
  }
  return module;
}

describe('the check that a refused request gets nothing', () => {
  it('finds nothing in the module', async () => {
    const { url } = await openPage();
    expect(await leaks(url)).toEqual([]);
  });

  it('catches a guard for the API alone', async () => {
    const correct = SagaOperationsModule.forRoot.bind(SagaOperationsModule);
    const spy = jest
      .spyOn(SagaOperationsModule, 'forRoot')
      .mockImplementation((options) => withoutGuardOfThePage(correct(options)));
    const { url } = await openPage();
    spy.mockRestore();
    expect(await leaks(url)).toEqual(['page', 'page.js', 'page.css', 'icon.svg']);
  });
});
