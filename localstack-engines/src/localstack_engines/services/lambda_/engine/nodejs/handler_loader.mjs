// Finds the handler that a function names, as `directory/module.member`.

import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { namedError } from './errors.mjs';

const HANDLER = /^(?<module>[^.]+)\.(?<member>.+)$/;

// Throws errors with the names that AWS gives to them.
export async function loadHandler(root, handler) {
  const name = path.basename(handler);
  const found = HANDLER.exec(name);
  if (!found || handler.includes('..')) {
    throw namedError('Runtime.MalformedHandlerName', `Bad handler ${handler}`);
  }
  const module = await loadModule(path.resolve(root, path.dirname(handler), found.groups.module));
  const member = found.groups.member.split('.').reduce((value, key) => value?.[key], module);
  if (member === undefined) {
    throw namedError('Runtime.HandlerNotFound', `${handler} is undefined or not exported`);
  }
  if (typeof member !== 'function') throw namedError('Runtime.HandlerNotFound', `${handler} is not a function`);
  if (member.length > 2 && asksFor() >= 24) {
    throw namedError('Runtime.CallbackHandlerDeprecated', `${handler} takes a callback, which nodejs24.x and later lack`);
  }
  return member;
}

// Returns the major version of the runtime that the function asks for.
function asksFor() {
  return Number(/nodejs(\d+)/.exec(process.env.AWS_EXECUTION_ENV)?.[1]);
}

async function loadModule(stem) {
  try {
    const file = [stem, `${stem}.js`, `${stem}.mjs`, `${stem}.cjs`].find((candidate) => isFile(candidate));
    if (file === undefined) return createRequire(`${stem}.js`)(stem); // a directory with an index.js, or an error
    return isEcmaScript(file) ? await import(pathToFileURL(file)) : createRequire(file)(file);
  } catch (error) {
    throw reported(error, stem);
  }
}

// Source: https://nodejs.org/api/packages.html#determining-module-system
function isEcmaScript(file) {
  if (path.extname(file) !== '.js') return path.extname(file) === '.mjs';
  for (let directory = path.dirname(file); ; directory = path.dirname(directory)) {
    const description = path.join(directory, 'package.json');
    if (isFile(description)) return JSON.parse(fs.readFileSync(description, 'utf8')).type === 'module';
    if (directory === path.dirname(directory) || path.basename(directory) === 'node_modules') return false;
  }
}

function isFile(candidate) {
  return fs.statSync(candidate, { throwIfNoEntry: false })?.isFile() ?? false;
}

function reported(error, stem) {
  if (error instanceof SyntaxError) return renamed(error, 'Runtime.UserCodeSyntaxError');
  if (error?.code === 'MODULE_NOT_FOUND' || error?.code === 'ERR_MODULE_NOT_FOUND') {
    const missing = error.message.includes(`'${stem}'`) ? `Cannot find module '${path.basename(stem)}'` : error.message;
    return renamed(error, 'Runtime.ImportModuleError', missing);
  }
  return error;
}

function renamed(error, name, message = error.message) {
  const other = namedError(name, `${error.name}: ${message}`);
  other.stack = `${name}: ${error.stack}`;
  return other;
}
