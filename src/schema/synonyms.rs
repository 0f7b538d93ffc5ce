//! Words that other tools have for what is called something else here: AWS's own, and those of Terraform, CDK and SST.

/// A word of others, without marks and in small letters, and the words that it may stand for here, the likeliest first.
const SYNONYMS: &[(&str, &[&str])] = &[
    // Kinds.
    ("acm", &["certificate"]),
    ("api", &["http_api"]),
    ("apigateway", &["http_api"]),
    ("apigatewayv2", &["http_api"]),
    ("astro", &["ssr_site"]),
    ("aurora", &["postgres"]),
    ("database", &["postgres"]),
    ("dynamo", &["table"]),
    ("dynamodb", &["table"]),
    ("lambda", &["function"]),
    ("nuxt", &["ssr_site"]),
    ("rds", &["postgres"]),
    ("react", &["ssr_site"]),
    ("remix", &["ssr_site"]),
    ("s3", &["bucket"]),
    ("schedule", &["cron"]),
    ("scheduler", &["cron"]),
    ("sns", &["topic"]),
    ("snstopic", &["topic"]),
    ("solidstart", &["ssr_site"]),
    ("spa", &["static_site"]),
    ("sqs", &["queue"]),
    ("staticsite", &["static_site"]),
    ("sveltekit", &["ssr_site"]),
    // Settings.
    ("attributes", &["fields"]),
    ("assets", &["assets", "static"]),
    ("basepath", &["base_path"]),
    ("batchsize", &["batch"]),
    ("buildcommand", &["build"]),
    ("cachepolicy", &["cache"]),
    ("certificate", &["certificate", "host"]),
    ("concurrency", &["reserved", "server"]),
    ("cron", &["schedule"]),
    ("deadletterqueue", &["dead_letters", "dlq"]),
    ("deadletters", &["dead_letters", "dlq"]),
    ("dlq", &["dead_letters"]),
    ("domain", &["host"]),
    ("env", &["environment"]),
    ("errorpage", &["not_found"]),
    ("events", &["notify"]),
    ("filter", &["filters"]),
    ("function", &["to", "consumer"]),
    ("globalindexes", &["indexes"]),
    ("globalsecondaryindexes", &["indexes"]),
    ("gsi", &["indexes"]),
    ("handler", &["to", "zip"]),
    ("fallback", &["not_found"]),
    ("hash", &["partition"]),
    ("hashkey", &["partition"]),
    ("headers", &["headers", "security_headers"]),
    ("imageoptimization", &["images"]),
    ("indexpage", &["index"]),
    ("lifecycle", &["expire"]),
    ("lifecyclerules", &["expire"]),
    ("link", &["links"]),
    ("localsecondaryindexes", &["local_indexes"]),
    ("lsi", &["local_indexes"]),
    ("memorysize", &["memory"]),
    ("notifications", &["notify"]),
    ("partitionkey", &["partition"]),
    ("pitr", &["recovery_days"]),
    ("pointintimerecovery", &["recovery_days"]),
    ("permissions", &["links"]),
    ("provisionedconcurrency", &["warm"]),
    ("range", &["sort"]),
    ("rangekey", &["sort"]),
    ("rate", &["schedule"]),
    ("retention", &["keep_days", "log_days", "backup_days"]),
    ("sortkey", &["sort"]),
    ("subscriptions", &["subscribers"]),
    ("target", &["to"]),
    ("timetolive", &["ttl"]),
    ("transform", &["overrides"]),
    ("waf", &["web_acl"]),
    ("warmup", &["warm"]),
    ("warmer", &["warm"]),
    ("visibilitytimeout", &["visibility"]),
    // Types of fields.
    ("b", &["binary"]),
    ("n", &["number"]),
    ("s", &["string"]),
];

/// Words of others for what no setting of a site says, and who says it instead.
const OF_SITES: &[(&str, &str)] = &[
    ("cachepolicy", "what is kept, and for how long, the server says with `Cache-Control`; files are kept for a year"),
    ("cdn", "CloudFront stands before every site"),
    ("dev", "a stage has what its layers say: what only some of them have stands under `stages`"),
    ("edge", "servers run in the `region` of the project; CloudFront stands near the visitors, see `price_class`"),
    ("invalidation", "the deploy makes CloudFront forget all pages after each release"),
    ("regions", "a site stands in the `region` of the project; CloudFront stands near the visitors, see `price_class`"),
    ("opennextversion", "the build takes the version of OpenNext that the lock file of the app names"),
    ("router", "a site stands in the `routes` of a router, which names it"),
];

/// Who says what a word of another tool stands for, if the keys `known` are those of a site and none of them says it.
pub(super) fn of_sites<'k>(written: &str, mut known: impl Iterator<Item = &'k str>) -> Option<&'static str> {
    let plain = plain(written);
    let (_, sentence) = OF_SITES.iter().find(|(word, _)| *word == plain)?;
    known.any(|key| key == "base_path").then_some(*sentence)
}

fn plain(written: &str) -> String {
    written.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// What a word of another tool is called here, if it is one of the words that may stand there.
pub(super) fn meant<'k>(written: &str, known: impl Iterator<Item = &'k str> + Clone) -> Option<&'k str> {
    let plain = plain(written);
    let (_, words) = SYNONYMS.iter().find(|(word, _)| *word == plain)?;
    words.iter().find_map(|word| known.clone().find(|k| k == word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_of_others_is_one_of_ours_where_that_may_stand() {
        let known = ["dlq", "retries"];
        assert_eq!(meant("DeadLetterQueue", known.into_iter()), Some("dlq"));
        assert_eq!(meant("visibility_timeout", known.into_iter()), None);
        assert_eq!(meant("unknown", known.into_iter()), None);
    }

    #[test]
    fn words_stand_once_and_in_their_plain_form() {
        for (i, (word, ours)) in SYNONYMS.iter().enumerate() {
            assert!(word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()), "{word}");
            assert!(!ours.is_empty() && SYNONYMS.iter().skip(i + 1).all(|(other, _)| other != word), "{word}");
        }
    }
}
