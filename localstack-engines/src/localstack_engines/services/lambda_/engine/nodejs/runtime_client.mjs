// A client of the Lambda Runtime API.

import http from 'node:http';

const PREFIX = '/2018-06-01/runtime/';
// An idle connection keeps no process alive, so the event loop can become empty while a handler runs.
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

export class RuntimeClient {
  #host;
  #port;

  constructor(address) {
    [this.#host, this.#port] = address.split(':');
  }

  async next() {
    const { status, headers, body } = await this.#request('GET', 'invocation/next');
    if (status !== 200) process.exit(0); // the environment is being stopped
    return { requestId: headers['lambda-runtime-aws-request-id'], headers, body };
  }

  answer(requestId, body) {
    return this.#request('POST', `invocation/${requestId}/response`, body);
  }

  fail(requestId, document) {
    return this.#request('POST', `invocation/${requestId}/error`, JSON.stringify(document));
  }

  initError(document) {
    return this.#request('POST', 'init/error', JSON.stringify(document));
  }

  #request(method, path, body) {
    return new Promise((resolve, reject) => {
      const headers = body === undefined ? {} : { 'Content-Length': Buffer.byteLength(body) };
      const options = { agent, host: this.#host, port: this.#port, method, path: PREFIX + path, headers };
      const request = http.request(options, (response) => {
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('end', () => {
          resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks).toString() });
        });
      });
      request.on('error', reject);
      request.end(body);
    });
  }
}
