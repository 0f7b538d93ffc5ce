//! The names of metrics that services write.

/// Metrics by namespace. Nobody lists all of them, so that only a name that is nearly one of these is known to be wrong.
/// Sources: `@aws-cdk/aws-service-spec` 0.1.216, and "Metrics" in the guides of AWS Lambda, Amazon SQS, Amazon API Gateway,
/// Amazon Aurora, Amazon DynamoDB, Amazon CloudFront, Amazon S3 and Amazon SNS.
const METRICS: &[(&str, &[&str])] = &[
    (
        "AWS/ApiGateway",
        &[
            "4XXError",
            "4xx",
            "5XXError",
            "5xx",
            "CacheHitCount",
            "CacheMissCount",
            "ClientError",
            "ConnectCount",
            "Count",
            "DataProcessed",
            "ExecutionError",
            "IntegrationError",
            "IntegrationLatency",
            "Latency",
            "MessageCount",
        ],
    ),
    (
        "AWS/CloudFront",
        &[
            "401ErrorRate",
            "403ErrorRate",
            "404ErrorRate",
            "4xxErrorRate",
            "502ErrorRate",
            "503ErrorRate",
            "504ErrorRate",
            "5xxErrorRate",
            "BytesDownloaded",
            "BytesUploaded",
            "CacheHitRate",
            "FunctionComputeUtilization",
            "FunctionExecutionErrors",
            "FunctionInvocations",
            "FunctionThrottles",
            "FunctionValidationErrors",
            "LambdaExecutionError",
            "LambdaLimitExceededError",
            "LambdaValidationError",
            "OriginLatency",
            "Requests",
            "TotalErrorRate",
        ],
    ),
    (
        "AWS/DynamoDB",
        &[
            "AccountMaxReads",
            "AccountMaxTableLevelReads",
            "AccountMaxTableLevelWrites",
            "AccountMaxWrites",
            "AccountProvisionedReadCapacityUtilization",
            "AccountProvisionedWriteCapacityUtilization",
            "AgeOfOldestUnreplicatedRecord",
            "ConditionalCheckFailedRequests",
            "ConsumedChangeDataCaptureUnits",
            "ConsumedReadCapacityUnits",
            "ConsumedWriteCapacityUnits",
            "MaxProvisionedTableReadCapacityUtilization",
            "MaxProvisionedTableWriteCapacityUtilization",
            "OnlineIndexConsumedWriteCapacity",
            "OnlineIndexPercentageProgress",
            "OnlineIndexThrottleEvents",
            "PendingReplicationCount",
            "ProvisionedReadCapacityUnits",
            "ProvisionedWriteCapacityUnits",
            "ReadThrottleEvents",
            "ReplicationLatency",
            "ReturnedBytes",
            "ReturnedItemCount",
            "ReturnedRecordsCount",
            "SuccessfulRequestLatency",
            "SystemErrors",
            "ThrottledPutRecordCount",
            "ThrottledRequests",
            "TimeToLiveDeletedItemCount",
            "TransactionConflict",
            "UserErrors",
            "WriteThrottleEvents",
        ],
    ),
    (
        "AWS/Lambda",
        &[
            "AsyncEventAge",
            "AsyncEventsDropped",
            "AsyncEventsReceived",
            "ClaimedAccountConcurrency",
            "ConcurrentExecutions",
            "DeadLetterErrors",
            "DestinationDeliveryFailures",
            "Duration",
            "Errors",
            "Invocations",
            "IteratorAge",
            "OffsetLag",
            "PostRuntimeExtensionsDuration",
            "ProvisionedConcurrencyInvocations",
            "ProvisionedConcurrencySpilloverInvocations",
            "ProvisionedConcurrencyUtilization",
            "ProvisionedConcurrentExecutions",
            "RecursiveInvocationsDropped",
            "Throttles",
            "UnreservedConcurrentExecutions",
            "UrlRequestCount",
        ],
    ),
    (
        "AWS/RDS",
        &[
            "ACUUtilization",
            "AuroraReplicaLag",
            "AuroraReplicaLagMaximum",
            "AuroraReplicaLagMinimum",
            "BufferCacheHitRatio",
            "CPUUtilization",
            "DatabaseConnections",
            "Deadlocks",
            "DiskQueueDepth",
            "EngineUptime",
            "FreeLocalStorage",
            "FreeStorageSpace",
            "FreeableMemory",
            "NetworkReceiveThroughput",
            "NetworkTransmitThroughput",
            "ReadIOPS",
            "ReadLatency",
            "ReadThroughput",
            "ReplicaLag",
            "ServerlessDatabaseCapacity",
            "SwapUsage",
            "VolumeBytesUsed",
            "VolumeReadIOPs",
            "VolumeWriteIOPs",
            "WriteIOPS",
            "WriteLatency",
            "WriteThroughput",
        ],
    ),
    (
        "AWS/S3",
        &[
            "4xxErrors",
            "5xxErrors",
            "AllRequests",
            "BucketSizeBytes",
            "BytesDownloaded",
            "BytesUploaded",
            "DeleteRequests",
            "FirstByteLatency",
            "GetRequests",
            "HeadRequests",
            "ListRequests",
            "NumberOfObjects",
            "PostRequests",
            "PutRequests",
            "SelectBytesReturned",
            "SelectBytesScanned",
            "SelectRequests",
            "TotalRequestLatency",
        ],
    ),
    (
        "AWS/SNS",
        &[
            "NumberOfMessagesPublished",
            "NumberOfNotificationsDelivered",
            "NumberOfNotificationsFailed",
            "NumberOfNotificationsFilteredOut",
            "NumberOfNotificationsRedrivenToDlq",
            "PublishSize",
            "SMSMonthToDateSpentUSD",
            "SMSSuccessRate",
        ],
    ),
    (
        "AWS/SQS",
        &[
            "ApproximateAgeOfOldestMessage",
            "ApproximateNumberOfGroupsWithInflightMessages",
            "ApproximateNumberOfMessagesDelayed",
            "ApproximateNumberOfMessagesNotVisible",
            "ApproximateNumberOfMessagesVisible",
            "NumberOfDeduplicatedSentMessages",
            "NumberOfEmptyReceives",
            "NumberOfMessagesDeleted",
            "NumberOfMessagesReceived",
            "NumberOfMessagesSent",
            "SentMessageSize",
        ],
    ),
];

/// The metric that a misspelt name means; none of a name that is right, or that may be right.
pub(super) fn meant(namespace: &str, name: &str) -> Option<&'static str> {
    let (_, known) = METRICS.iter().find(|(own, _)| *own == namespace)?;
    if known.contains(&name) {
        return None;
    }
    let is_same = |other: &&&str| other.eq_ignore_ascii_case(name);
    // Names with numbers differ by them.
    let is_near = |other: &&&str| {
        let is_word = |text: &str| text.len() > 4 && !text.contains(|c: char| c.is_ascii_digit());
        is_word(other) && is_word(name) && strsim::damerau_levenshtein(other, name) == 1
    };
    known.iter().find(is_same).or_else(|| known.iter().find(is_near)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_nearly_a_name_is_misspelt() {
        assert!(METRICS.windows(2).all(|pair| pair[0].0 < pair[1].0));
        for (_, names) in METRICS {
            assert!(names.windows(2).all(|pair| pair[0] < pair[1]), "{names:?}");
        }
        for (namespace, name, expected) in [
            ("AWS/Lambda", "Errors", None),
            ("AWS/Lambda", "Error", Some("Errors")),
            ("AWS/Lambda", "errors", Some("Errors")),
            ("AWS/Lambda", "SomethingNew", None),
            ("AWS/ApiGateway", "6xx", None),
            ("AWS/CloudFront", "405ErrorRate", None),
            ("AWS/SQS", "ApproximateNumberOfMessageVisible", Some("ApproximateNumberOfMessagesVisible")),
            ("Shop", "Error", None),
        ] {
            assert_eq!(meant(namespace, name), expected, "{namespace} {name}");
        }
    }
}
