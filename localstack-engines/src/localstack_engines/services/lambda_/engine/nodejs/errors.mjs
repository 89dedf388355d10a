// Errors, and the documents that report them to Lambda.

export function namedError(name, message) {
  const error = new Error(message);
  error.name = name;
  return error;
}

// Source: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html
export function errorDocument(error) {
  if (!isError(error)) return { errorType: typeof error, errorMessage: String(error), trace: [] };
  return {
    errorType: error.name || 'Error',
    errorMessage: error.message ?? '',
    trace: String(error.stack ?? '').split('\n'),
  };
}

// An error of another realm, such as that of a test runner or of node:vm, is no instance of this one's class.
function isError(value) {
  return value instanceof Error || Object.prototype.toString.call(value) === '[object Error]';
}
