#!/usr/bin/env bash
# Made by reggie-cfn from environments/base.yaml, environments/production.yaml.
# Do not edit: change those files and run `reggie-cfn build`.
#
# shellcheck source-path=SCRIPTDIR disable=SC2034 # ../_bootstrap/ says how things are done, with what is set here
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

project=kitchen-sink
stage=production
account=123456789012
lifetime=permanent
home=eu-west-2
regions=(eu-west-2 us-east-1)
stacks=(network data jobs app edge.us-east-1 after)
certificate_stacks=()
zones=('cloudflare example.com')
# host, and the region, stack and output of what it leads to
hosts=('api.example.com eu-west-2 kitchen-sink-production-app ApiDnsTarget proxied')
is_protected=yes

usage() {
    cat <<'END'
teardown.sh production: deletes production. Hosts go first, then stacks, last ones first. What the stage retains stays, and is listed.

    --unprotect production
                        lift termination protection and deletion protection; without it, what is protected is refused
    --records-gone      the records of its hosts are deleted already
    --delete NAME, --allow-delete N
                        for records: see `reggie-cfn dns diff --help`
    --dry-run           print what would be called; nothing is asked, nothing changes, and no credentials are needed

It may be run again at any time, and goes on where it stopped. Code at the edge of CloudFront can be deleted some hours after its
distribution: then it ends with 3, and is run once more.
END
}

# What is done, in this order.
steps() {
    step 'Account'
    check_account
    agree
    step 'Records'
    take_hosts
    step 'Stacks'
    remove after
    remove edge.us-east-1
    remove app
    remove jobs
    remove data
    remove network
    others
    forget
}

# What each stack needs before it can be deleted.
describe() { # STACK
    case $1 in
        after)
            in_region eu-west-2 kitchen-sink-production-after
            keeps WarmLogs AWS::Logs::LogGroup
            ;;
        edge.us-east-1)
            in_region us-east-1 kitchen-sink-production-edge
            ;;
        app)
            in_region eu-west-2 kitchen-sink-production-app
            keeps KeyCheckLogs AWS::Logs::LogGroup
            keeps ReaderLogs AWS::Logs::LogGroup
            keeps RendererLogs AWS::Logs::LogGroup
            keeps WebhooksLogs AWS::Logs::LogGroup
            keeps WriterLogs AWS::Logs::LogGroup
            ;;
        jobs)
            in_region eu-west-2 kitchen-sink-production-jobs
            keeps MigrateLogs AWS::Logs::LogGroup
            ;;
        data)
            in_region eu-west-2 kitchen-sink-production-data
            lifts cluster DbCluster
            keeps DbSecret AWS::SecretsManager::Secret
            keeps Table AWS::DynamoDB::Table
            ;;
        network)
            in_region eu-west-2 kitchen-sink-production-network
            ;;
    esac
}

# shellcheck source=../_bootstrap/teardown.sh
source "$here/../_bootstrap/teardown.sh"
main "$@"
