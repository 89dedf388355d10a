// The module resolution hook that `module_paths.mjs` registers.
//
// Source: https://nodejs.org/api/module.html#resolvespecifier-context-nextresolve

import { fileURLToPath, pathToFileURL } from 'node:url';

import { inLayers } from './module_paths.mjs';

const ABSENT = 'ERR_MODULE_NOT_FOUND';
const PACKAGE = /^[^./:][^:]*$/;
let directories = [];
let layers = '';

export function initialize(data) {
  ({ layers } = data);
  // Node.js looks for packages in `node_modules` beside the importing file.
  directories = data.directories.filter((directory) => /\/node_modules\/?$/.test(directory));
}

export async function resolve(specifier, context, nextResolve) {
  if (specifier.startsWith('/') || specifier.startsWith('file:')) {
    const file = specifier.startsWith('/') ? specifier : fileURLToPath(specifier);
    return nextResolve(pathToFileURL(inLayers(file, layers)).href, context);
  }
  try {
    return await nextResolve(specifier, context);
  } catch (error) {
    if (error.code !== ABSENT || !PACKAGE.test(specifier)) throw error;
    for (const directory of directories) {
      try {
        const parentURL = pathToFileURL(`${directory}/../importer.mjs`).href;
        return await nextResolve(specifier, { ...context, parentURL });
      } catch (inner) {
        if (inner.code !== ABSENT) throw inner;
      }
    }
    throw error;
  }
}
