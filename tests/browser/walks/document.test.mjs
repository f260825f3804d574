// The API's own description is an OpenAPI document by OpenAPI's own schema.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Validator } from "@seriousme/openapi-schema-validator";
import { startDesk } from "../desk.mjs";

test("the description of the API validates", { timeout: 120_000 }, async () => {
  const desk = await startDesk({ cases: 5 });
  try {
    const document = await (await fetch(`${desk.url}/api/v1/openapi.json`)).json();
    const validator = new Validator();
    const { valid, errors } = await validator.validate(document);
    assert.ok(valid, JSON.stringify(errors, null, 1));
    assert.equal(validator.version, "3.1");
  } finally {
    await desk.close();
  }
});
