// Finds the packages of layers and of the runtime.
//
// Node.js reads NODE_PATH for `require` only; Lambda's runtime reads it for `import` too. A path below /opt is one
// below the directory with the function's layers here.
//
// Source: https://nodejs.org/api/module.html#moduleregisterhooksoptions

import { registerHooks } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const ABSENT = 'ERR_MODULE_NOT_FOUND';
const OPT = /^(file:\/\/)?\/opt\//;
const PACKAGE = /^[^./:][^:]*$/;

export function installModulePaths(layers) {
  // For `import`, Node.js looks for packages in `node_modules` beside the importing file.
  const importers = (process.env.NODE_PATH ?? '')
    .split(path.delimiter)
    .filter((directory) => path.basename(directory) === 'node_modules')
    .map((directory) => pathToFileURL(path.join(directory, '..', 'importer.mjs')).href);
  const resolve = (specifier, context, next) => {
    try {
      return next(specifier.replace(OPT, `$1${layers}/`), context);
    } catch (error) {
      if (error.code !== ABSENT || !PACKAGE.test(specifier)) throw error;
      return resolveFrom(importers, specifier, context, next, error);
    }
  };
  registerHooks({ resolve });
}

function resolveFrom(importers, specifier, context, next, absent) {
  for (const parentURL of importers) {
    try {
      return next(specifier, { ...context, parentURL });
    } catch (error) {
      if (error.code !== ABSENT) throw error;
    }
  }
  throw absent;
}
