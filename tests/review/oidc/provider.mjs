// A certified OpenID provider with a few people of a made-up council. Prints its address when it listens.
// node provider.mjs NODE_MODULES CALLBACK...: the addresses that people may be sent back to; each has its /sign-out/done.
import { createServer } from 'node:http'
import { pathToFileURL } from 'node:url'
import path from 'node:path'

const [modules, ...backs] = process.argv.slice(2)
const { default: Provider } = await import(pathToFileURL(path.join(modules, 'oidc-provider/lib/index.js')))

const PEOPLE = {
  olive: { name: 'Olive Officer', roles: ['Placebridge.Officer'] },
  adam: { name: 'Adam Admin', roles: ['Placebridge.Admin', 'Something.Else'] },
  norma: { name: 'Norma Norole', roles: [] },
  vera: { name: 'Vera Viewer', roles: ['Placebridge.Viewer'] },
}

const outs = backs.map((back) => back.replace('/sign-in/back', '/sign-out/done'))
const client = { redirect_uris: backs, post_logout_redirect_uris: outs, grant_types: ['authorization_code'], response_types: ['code'] }
const server = createServer()
server.listen(Number(process.env.PORT || 0), '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`
  const provider = new Provider(issuer, {
    clients: [
      { ...client, client_id: 'placebridge', client_secret: 'oidc-s3cret+/%4711' },
      { ...client, client_id: 'public', token_endpoint_auth_method: 'none' },
    ],
    pkce: { required: () => true },
    claims: { openid: ['sub', 'roles'], profile: ['name'], email: ['email'] },
    conformIdTokenClaims: process.env.IN_TOKEN !== '1',
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({ sub: id, email: `${id}@council.example`, ...(PEOPLE[id] || { name: id, roles: [] }) }),
    }),
    features: { devInteractions: { enabled: true } },
    cookies: { keys: ['a key of the tests'] },
    ttl: { AccessToken: 600, AuthorizationCode: 60, IdToken: 600, Interaction: 600, Session: 3600, Grant: 3600 },
  })
  server.on('request', provider.callback())
  console.log(`listening on ${issuer}`)
})
