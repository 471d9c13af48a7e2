import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { transform } from '@swc/core';

const configFile = fileURLToPath(new URL('../../.swcrc', import.meta.url));
const isTypeScript = (url) => url?.startsWith('file:') && /\.m?ts$/.test(new URL(url).pathname);

/** Sources import each other by the name of the compiled file: `./saga.js` is `./saga.ts` here. */
export async function resolve(specifier, context, nextResolve) {
  if (isTypeScript(context.parentURL) && /^\.{1,2}\/.*\.js$/.test(specifier)) {
    try {
      return await nextResolve(specifier.replace(/\.js$/, '.ts'), context);
    } catch (error) {
      if (error?.code !== 'ERR_MODULE_NOT_FOUND') throw error;
    }
  }
  return nextResolve(specifier, context);
}

export async function load(url, context, nextLoad) {
  if (!isTypeScript(url)) return nextLoad(url, context);
  const filename = fileURLToPath(url);
  const { code } = await transform(await readFile(filename, 'utf8'), { filename, configFile });
  return { format: 'module', source: code, shortCircuit: true };
}
