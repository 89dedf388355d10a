// Runs a Lambda function: `node bootstrap.mjs <handler> <directory with the layers>`. It takes events from the Runtime
// API, one after another.
//
// Source: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html

import { Context } from './context.mjs';
import { errorDocument, namedError } from './errors.mjs';
import { loadHandler } from './handler_loader.mjs';
import { logFailure, patchConsole, setRequestId } from './log.mjs';
import { installModulePaths } from './module_paths.mjs';
import { RuntimeClient } from './runtime_client.mjs';

const client = new RuntimeClient(process.env.AWS_LAMBDA_RUNTIME_API);
let current = null; // the request id of the running invocation

async function main() {
  patchConsole();
  refuseStreaming();
  installModulePaths(process.argv[3]);
  const handler = await initialise();
  process.on('uncaughtException', (error) => fail('Uncaught Exception', error));
  process.on('unhandledRejection', (reason) => fail('Unhandled Promise Rejection', unhandledRejection(reason)));
  for (;;) await invoke(handler, await client.next());
}

async function initialise() {
  try {
    return await loadHandler(process.env.LAMBDA_TASK_ROOT, process.argv[2]);
  } catch (error) {
    const document = errorDocument(error);
    logFailure('Uncaught Exception', document);
    await client.initError(document);
    process.exit(1);
  }
}

async function invoke(handler, { requestId, headers, body }) {
  current = requestId;
  setRequestId(requestId);
  process.env._X_AMZN_TRACE_ID = headers['lambda-runtime-trace-id'] ?? '';
  try {
    const result = await run(handler, JSON.parse(body), new Context(headers));
    await client.answer(requestId, serialised(result));
  } catch (error) {
    const document = errorDocument(error);
    logFailure('Invoke Error', document);
    await client.fail(requestId, document);
  }
  current = null;
}

// A handler ends with a promise or with its callback. A callback's result is sent when nothing is left to do, unless
// `callbackWaitsForEmptyEventLoop` is false. A handler that does neither has the result null.
// Source: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html
function run(handler, event, context) {
  return new Promise((resolve, reject) => {
    let settle = () => resolve(null);
    whenIdle(() => settle());
    const callback = (error, result) => {
      settle = () => (error === null || error === undefined ? resolve(result) : reject(error));
      if (!context.callbackWaitsForEmptyEventLoop) settle();
    };
    const finish = (error, result) => {
      context.callbackWaitsForEmptyEventLoop = false;
      callback(error, result);
    };
    context.done = finish;
    context.succeed = (result) => finish(null, result);
    context.fail = (error) => finish(error ?? 'handled');
    const returned = handler(event, context, callback);
    if (typeof returned?.then === 'function') returned.then(resolve, reject);
  });
}

let idleListener = () => {};

// Replaces what the former invocation wanted to be called for.
function whenIdle(listener) {
  process.off('beforeExit', idleListener);
  idleListener = listener;
  process.once('beforeExit', idleListener);
}

function serialised(result) {
  try {
    return JSON.stringify(result === undefined ? null : result) ?? 'null';
  } catch {
    throw namedError('Runtime.MarshalError', 'Unable to stringify response body');
  }
}

// The process is in an unknown state after such an error, so it ends, and the next event gets a new one.
async function fail(kind, error) {
  const document = errorDocument(error);
  logFailure(kind, document);
  if (current) await client.fail(current, document);
  process.exit(129);
}

function unhandledRejection(reason) {
  const error = namedError('Runtime.UnhandledPromiseRejection', String(reason));
  error.reason = reason;
  error.stack = reason?.stack ?? error.stack;
  return error;
}

function refuseStreaming() {
  const streamifyResponse = () => {
    throw namedError('Runtime.StreamingNotSupported', 'The local Lambda service does not stream responses');
  };
  globalThis.awslambda = { streamifyResponse };
}

// Not awaited: the event loop may become empty, and Node.js would exit then.
main().catch((error) => {
  console.error(error);
  process.exit(1);
});
