// Finds the packages of layers and of the runtime.
//
// Node.js reads NODE_PATH for `require` only; Lambda's runtime reads it for `import` too. A path below /opt is one
// below the directory with the function's layers here.

import Module, { register } from 'node:module';
import path from 'node:path';

const OPT = '/opt/';

export function installModulePaths(layers) {
  const resolve = Module._resolveFilename;
  Module._resolveFilename = function (request, ...rest) {
    return resolve.call(this, inLayers(request, layers), ...rest);
  };
  const directories = (process.env.NODE_PATH ?? '').split(path.delimiter).filter(Boolean);
  register('./resolve_hook.mjs', import.meta.url, { data: { directories, layers } });
}

export function inLayers(request, layers) {
  return request.startsWith(OPT) ? path.join(layers, request.slice(OPT.length)) : request;
}
