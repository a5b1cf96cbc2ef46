/** What eslint holds the browser's modules, their tests and the build to. No warnings: rules hold or are not here. */

import js from "@eslint/js";
import globals from "globals";

/** A class says in its body what fields it has: `this.x = ...` elsewhere only fills one of them. */
const declaredFields = {
  create: (/** @type {import("eslint").Rule.RuleContext} */ context) => {
    /** @type {Set<string>[]} */
    const known = []; // names of the classes around, the innermost last
    return {
      ClassBody(/** @type {any} */ node) {
        known.push(new Set(node.body.map((/** @type {any} */ member) => member.key?.name)));
      },
      "ClassBody:exit": () => void known.pop(),
      "AssignmentExpression > MemberExpression.left[object.type='ThisExpression'][property.type='Identifier']"(/** @type {any} */ node) {
        const { name } = node.property;
        if (!node.computed && known.length && !known.at(-1)?.has(name))
          context.report({ node, message: `"${name}" is not declared in the body of its class.` });
      },
    };
  },
};

export default [
  { ignores: ["pages/web/built/", "node_modules/", ".venv/"] },
  js.configs.recommended,
  {
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      eqeqeq: "error",
      "no-implicit-globals": "error",
      "no-unused-expressions": ["error", { allowShortCircuit: true, allowTernary: true }],
      "no-unused-private-class-members": "off", // it takes `||=` for no reading; tsc says it too
      "no-use-before-define": ["error", { functions: false, classes: false, variables: false }],
      "no-var": "error",
      "object-shorthand": "error",
      "prefer-const": "error",
    },
  },
  {
    files: ["pages/web/**/*.js"],
    languageOptions: { globals: globals.browser },
    plugins: { own: { rules: { "declared-fields": declaredFields } } },
    rules: {
      "no-restricted-syntax": ["error", {
        selector: "CallExpression[callee.object.name='Object'][callee.property.name='assign'][arguments.0.type='ThisExpression']",
        message: "tsc does not see such fields: declare them in the class and set one after the other.",
      }],
      "no-warning-comments": ["error", { terms: ["@ts-nocheck", "@ts-ignore"], location: "anywhere" }],
      "own/declared-fields": "error",
    },
  },
  { files: ["**/*.mjs"], languageOptions: { globals: globals.node } },
];
