// The lines that `console` and failures write, with AWS's time, request id and level.
//
// Source: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html

import util from 'node:util';

const LEVELS = { trace: 'TRACE', debug: 'DEBUG', log: 'INFO', info: 'INFO', warn: 'WARN', error: 'ERROR' };
const ORDER = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];
const asJson = process.env.AWS_LAMBDA_LOG_FORMAT === 'JSON';
const lowest = asJson ? Math.max(0, ORDER.indexOf((process.env.AWS_LAMBDA_LOG_LEVEL ?? '').toUpperCase())) : 0;

let requestId;

export function setRequestId(id) {
  requestId = id;
}

export function patchConsole() {
  for (const [method, level] of Object.entries(LEVELS)) {
    console[method] = (...values) => {
      if (ORDER.indexOf(level) >= lowest) write(asJson ? jsonLine(level, values) : textLine(level, util.format(...values)));
    };
  }
}

export function logFailure(kind, document) {
  const { trace, ...rest } = document;
  const details = { ...rest, stack: trace };
  write(asJson ? jsonLine('ERROR', [details]) : textLine('ERROR', `${kind} \t${JSON.stringify(details)}`));
}

// One event of the log is one line here, so line breaks in a message are carriage returns, as in AWS's own client.
function textLine(level, message) {
  return `${new Date().toISOString()}\t${requestId}\t${level}\t${message}`.replaceAll('\n', '\r');
}

function jsonLine(level, values) {
  const line = { timestamp: new Date().toISOString(), level, requestId };
  const only = values.length === 1 && typeof values[0] === 'object' && values[0] !== null && !(values[0] instanceof Error);
  try {
    return JSON.stringify({ ...line, message: only ? values[0] : util.format(...values) });
  } catch {
    return JSON.stringify({ ...line, message: util.format(...values) }); // the object refers to itself
  }
}

function write(line) {
  process.stdout.write(`${line}\n`);
}
