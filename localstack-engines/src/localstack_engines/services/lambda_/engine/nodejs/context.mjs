// The context object of an invocation.
//
// Source: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html

export class Context {
  callbackWaitsForEmptyEventLoop = true;
  functionName = process.env.AWS_LAMBDA_FUNCTION_NAME;
  functionVersion = process.env.AWS_LAMBDA_FUNCTION_VERSION;
  memoryLimitInMB = process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE;
  logGroupName = process.env.AWS_LAMBDA_LOG_GROUP_NAME;
  logStreamName = process.env.AWS_LAMBDA_LOG_STREAM_NAME;
  #deadline;

  constructor(headers) {
    this.awsRequestId = headers['lambda-runtime-aws-request-id'];
    this.invokedFunctionArn = headers['lambda-runtime-invoked-function-arn'];
    this.clientContext = parsed(headers['lambda-runtime-client-context']);
    this.identity = parsed(headers['lambda-runtime-cognito-identity']);
    this.#deadline = Number(headers['lambda-runtime-deadline-ms']);
    // A copy of the context, as middleware makes it, has the function too.
    this.getRemainingTimeInMillis = () => this.#deadline - Date.now();
  }
}

function parsed(header) {
  return header ? JSON.parse(header) : undefined;
}
