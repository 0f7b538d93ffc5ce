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
    ("batchsize", &["batch"]),
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
    ("range", &["sort"]),
    ("rangekey", &["sort"]),
    ("rate", &["schedule"]),
    ("retention", &["keep_days", "log_days", "backup_days"]),
    ("sortkey", &["sort"]),
    ("subscriptions", &["subscribers"]),
    ("target", &["to"]),
    ("timetolive", &["ttl"]),
    ("visibilitytimeout", &["visibility"]),
    // Types of fields.
    ("b", &["binary"]),
    ("n", &["number"]),
    ("s", &["string"]),
];

/// What a word of another tool is called here, if it is one of the words that may stand there.
pub(super) fn meant<'k>(written: &str, known: impl Iterator<Item = &'k str> + Clone) -> Option<&'k str> {
    let plain: String = written.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
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
