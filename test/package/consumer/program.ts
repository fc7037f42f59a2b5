// A program in TypeScript. It is compiled, never run: each mistake in it has to be seen, so that no type is `any`.
import {
  bundledCapability,
  CapabilityError,
  call,
  type Diagnostic,
  load,
  OperationError,
  type OperationPlan,
  type Running,
  serve,
} from 'nanonets-file-management'

const { plan } = await load(bundledCapability())
export const names: readonly string[] = plan.operations.map(({ name }: OperationPlan) => name)

export async function listed(model_id: string): Promise<unknown> {
  try {
    const outcome = await call(bundledCapability(), 'list-files', { model_id }, { sandbox: true, dryRun: true })
    // @ts-expect-error an outcome has no such property
    return outcome.nothing
  } catch (error) {
    if (error instanceof CapabilityError)
      return error.diagnostics.map(({ code, location }: Diagnostic) => [code, location.line])
    if (error instanceof OperationError) return error.code
    throw error
  }
}

export const running: Running = await serve(bundledCapability(), { ports: { control: 0 } })
// @ts-expect-error a port is a number
await serve(bundledCapability(), { ports: { control: 'none' } })
