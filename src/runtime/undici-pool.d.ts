/** undici ships no types for its inner modules; this one is what its index exports as `Pool`. */
declare module 'undici/lib/dispatcher/pool.js' {
  import { Pool } from 'undici'
  export default Pool
}
