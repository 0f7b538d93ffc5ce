//! The templates that come with the compiler.

/// Every template: its name without ending, and its text. The order gives each a number, by which lines are marked.
pub const TEMPLATES: &[(&str, &str)] = &[
    ("backup", include_str!("../../templates/backup.yaml.j2")),
    ("backup_vault", include_str!("../../templates/backup_vault.yaml.j2")),
    ("bootstrap", include_str!("../../templates/bootstrap.yaml.j2")),
    ("bootstrap_ci", include_str!("../../templates/bootstrap_ci.yaml.j2")),
    ("bucket", include_str!("../../templates/bucket.yaml.j2")),
    ("bucket_notify", include_str!("../../templates/bucket_notify.yaml.j2")),
    ("cron", include_str!("../../templates/cron.yaml.j2")),
    ("cron_request", include_str!("../../templates/cron_request.yaml.j2")),
    ("http_api", include_str!("../../templates/http_api.yaml.j2")),
    ("monitoring_alarm", include_str!("../../templates/monitoring_alarm.yaml.j2")),
    ("monitoring_budget", include_str!("../../templates/monitoring_budget.yaml.j2")),
    ("monitoring_dashboard", include_str!("../../templates/monitoring_dashboard.yaml.j2")),
    ("monitoring_filter", include_str!("../../templates/monitoring_filter.yaml.j2")),
    ("monitoring_health", include_str!("../../templates/monitoring_health.yaml.j2")),
    ("monitoring_topic", include_str!("../../templates/monitoring_topic.yaml.j2")),
    ("monitoring_webhook", include_str!("../../templates/monitoring_webhook.yaml.j2")),
    ("parts/certificate", include_str!("../../templates/parts/certificate.yaml.j2")),
    ("nextjs_cache", include_str!("../../templates/nextjs_cache.yaml.j2")),
    ("nextjs_warmer", include_str!("../../templates/nextjs_warmer.yaml.j2")),
    ("parts/cache_policy", include_str!("../../templates/parts/cache_policy.yaml.j2")),
    ("parts/distribution", include_str!("../../templates/parts/distribution.yaml.j2")),
    ("parts/event_source", include_str!("../../templates/parts/event_source.yaml.j2")),
    ("parts/execution_role", include_str!("../../templates/parts/execution_role.yaml.j2")),
    ("parts/lambda", include_str!("../../templates/parts/lambda.yaml.j2")),
    ("parts/record", include_str!("../../templates/parts/record.yaml.j2")),
    ("parts/link_rules", include_str!("../../templates/parts/link_rules.yaml.j2")),
    ("parts/response_headers", include_str!("../../templates/parts/response_headers.yaml.j2")),
    ("parts/security_group", include_str!("../../templates/parts/security_group.yaml.j2")),
    ("parts/signer", include_str!("../../templates/parts/signer.yaml.j2")),
    ("parts/url_permissions", include_str!("../../templates/parts/url_permissions.yaml.j2")),
    ("parts/viewer_request", include_str!("../../templates/parts/viewer_request.yaml.j2")),
    ("parts/site_bucket", include_str!("../../templates/parts/site_bucket.yaml.j2")),
    ("parts/site_bucket_policy", include_str!("../../templates/parts/site_bucket_policy.yaml.j2")),
    ("parts/web_acl", include_str!("../../templates/parts/web_acl.yaml.j2")),
    ("postgres", include_str!("../../templates/postgres.yaml.j2")),
    ("postgres_aurora", include_str!("../../templates/postgres_aurora.yaml.j2")),
    ("postgres_instance", include_str!("../../templates/postgres_instance.yaml.j2")),
    ("postgres_proxy", include_str!("../../templates/postgres_proxy.yaml.j2")),
    ("queue", include_str!("../../templates/queue.yaml.j2")),
    ("resource", include_str!("../../templates/resource.yaml.j2")),
    ("table", include_str!("../../templates/table.yaml.j2")),
    ("topic", include_str!("../../templates/topic.yaml.j2")),
    ("topic_subscription", include_str!("../../templates/topic_subscription.yaml.j2")),
    ("vpc", include_str!("../../templates/vpc.yaml.j2")),
];

/// The text of a template.
#[must_use]
pub fn source(name: &str) -> Option<&'static str> {
    TEMPLATES.iter().find(|(n, _)| *n == name).map(|(_, text)| *text)
}
