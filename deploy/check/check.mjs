// Checks the manifests against the schemas of the Kubernetes API, and that the parts of a deployment fit each other.
import { readFileSync, readdirSync } from "node:fs";
import { loadAll, load } from "js-yaml";

const folder = new URL("..", import.meta.url);
const problems = [];
const documents = [];
for (const file of readdirSync(new URL("kubernetes/", folder)).filter(name => name.endsWith(".yaml"))) {
  for (const document of loadAll(readFileSync(new URL(`kubernetes/${file}`, folder), "utf8"))) documents.push({ file, document });
}

for (const { file, document } of documents) {
  const name = `${file}: ${document.kind} ${document.metadata.name}`;
  try {
    const { [document.kind]: Model } = await import(`kubernetes-models/${document.apiVersion}/${document.kind}`);
    new Model(document).validate();
    console.log(`ok    ${name}`);
  } catch (error) {
    problems.push(`${name}: ${error.message}`);
  }
}

// Selectors find the pods they mean, services name ports that pods have, budgets leave somebody to serve.
const deployments = documents.map(d => d.document).filter(d => d.kind === "Deployment");
for (const deployment of deployments) {
  const labels = deployment.spec.template.metadata.labels;
  for (const [key, value] of Object.entries(deployment.spec.selector.matchLabels)) if (labels[key] !== value) problems.push(`${deployment.metadata.name}: its selector does not find its pods`);
  const budget = documents.map(d => d.document).find(d => d.kind === "PodDisruptionBudget" && d.spec.selector.matchLabels.app === labels.app);
  if (!budget || deployment.spec.replicas - budget.spec.maxUnavailable < 1) problems.push(`${deployment.metadata.name}: a disruption may take its last pod`);
}
for (const { document } of documents.filter(d => d.document.kind === "Service")) {
  const target = deployments.find(d => Object.entries(document.spec.selector).every(([key, value]) => d.spec.template.metadata.labels[key] === value));
  const ports = target?.spec.template.spec.containers.flatMap(c => c.ports.map(p => p.name)) ?? [];
  for (const port of document.spec.ports) if (!ports.includes(port.targetPort)) problems.push(`Service ${document.metadata.name}: no pod has the port ${port.targetPort}`);
}

const compose = load(readFileSync(new URL("compose.yaml", folder), "utf8"));
for (const [name, service] of Object.entries(compose.services)) {
  const needs = Array.isArray(service.depends_on) ? service.depends_on : Object.keys(service.depends_on ?? {});
  for (const need of needs) if (!compose.services[need]) problems.push(`compose: ${name} depends on ${need}, which is not there`);
  if (!service.image) problems.push(`compose: ${name} has no image`);
}
const targets = [...readFileSync(new URL("Dockerfile", folder), "utf8").matchAll(/^FROM .* AS (\w+)$/gm)].map(match => match[1]);
for (const service of Object.values(compose.services)) if (service.build && !targets.includes(service.build.target)) problems.push(`compose: the container file has no target ${service.build.target}`);
console.log(`ok    compose.yaml: ${Object.keys(compose.services).join(", ")}`);

problems.forEach(problem => console.error(`FAIL  ${problem}`));
process.exit(problems.length ? 1 : 0);
