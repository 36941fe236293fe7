// The kinds of nodes that the server knows. They are read once; they are those of its build.

import { nodes } from "../wire/rules";
import type { NodeSpec } from "../wire/types";
import { useAsked } from "./useAsked";

let known: Promise<ReadonlyMap<string, NodeSpec>> | undefined;

function catalogue(): Promise<ReadonlyMap<string, NodeSpec>> {
  known ??= nodes()
    .then((all) => new Map(all.map((spec) => [spec.type, spec])))
    .catch((thrown: unknown) => {
      // What failed is tried again by who asks next.
      known = undefined;
      throw thrown;
    });
  return known;
}

/** The kinds by name. */
export const useNodes = () => useAsked(catalogue, "nodes");
