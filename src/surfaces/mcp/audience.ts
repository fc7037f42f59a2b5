/** What is offered to callers who may not run all of it: the lists without what they may not, made once for each kind. */

import type { McpPlan, OperationPlan } from '../../plan.ts'
import { ruledBy } from '../../runtime/policy.ts'
import type { Access } from '../../runtime/principal.ts'
import type { Offer } from './offer.ts'
import { paged } from './pages.ts'

/** What is left of an offer. Calls of what is not listed are refused where they come in (`http.ts`), and say why. */
export function offerTo(offer: Offer, plan: McpPlan, access: Access): Offer {
  const isRefused = ({ operation }: { readonly operation: OperationPlan }) => access.refusals.has(ruledBy(operation))
  const tools = new Set(plan.tools.filter(isRefused).map(({ name }) => name))
  const dynamic = plan.resources.flatMap((resource) => (resource.type === 'dynamic' ? [resource] : []))
  const uris = new Set(dynamic.filter(isRefused).map(({ uri }) => uri))
  if (tools.size + uris.size === 0) return offer
  const listed = {
    tools: offer.tools.listed.filter(({ name }) => !tools.has(name)),
    resources: offer.resources.listed.filter(({ uri }) => !uris.has(uri)),
    templates: offer.resources.templates.filter(({ uriTemplate }) => !uris.has(uriTemplate)),
  }
  return {
    ...offer,
    tools: { ...offer.tools, listed: listed.tools },
    resources: { ...offer.resources, listed: listed.resources, templates: listed.templates },
    complete: (ref, ...begun) =>
      ref.type === 'ref/resource' && uris.has(ref.uri) ? undefined : offer.complete(ref, ...begun),
    lists: {
      ...offer.lists,
      'tools/list': paged(listed.tools),
      'resources/list': paged(listed.resources),
      'resources/templates/list': paged(listed.templates),
    },
  }
}
