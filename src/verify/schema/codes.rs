//! What AWS's schemas find.

use crate::diag::Code;

/// `CFN400`: a type that AWS does not have.
pub const CFN400: Code = Code {
    id: "CFN400",
    explanation: "CloudFormation has no such resource type\n\n\
        The types are those of AWS's resource provider schemas, which the compiler carries: `reggie-cfn schema resource` lists \
        them, and says how old they are.",
};

/// `CFN401`: a type that a region does not have.
pub const CFN401: Code = Code {
    id: "CFN401",
    explanation: "the region does not have this resource type\n\n\
        AWS publishes the schemas of its resource types by region, and this one is not among those of the stack's region. It is a \
        warning, since AWS may have added it after the schemas were read.",
};

/// `CFN402`: a property that a type does not have.
pub const CFN402: Code = Code {
    id: "CFN402",
    explanation: "a resource has a property that its type does not have\n\n\
        CloudFormation refuses a property that the schema of the resource's type does not name. `reggie-cfn schema resource \
        AWS::SQS::Queue` prints what a type takes.",
};

/// `CFN403`: a property that is missing.
pub const CFN403: Code = Code {
    id: "CFN403",
    explanation: "a resource lacks a property that its type requires\n\n\
        `reggie-cfn schema resource AWS::SQS::Queue` prints what a type takes, and what of it must be there.",
};

/// `CFN404`: another kind of value.
pub const CFN404: Code = Code {
    id: "CFN404",
    explanation: "a property takes another kind of value\n\n\
        A map stands where a list or a text is wanted, or the other way round. CloudFormation reads numbers and booleans from \
        texts and texts from numbers, so that `\"30\"` is a number where one is wanted, but `thirty` is not.",
};

/// `CFN405`: a value that is none of those that are taken.
pub const CFN405: Code = Code {
    id: "CFN405",
    explanation: "a property takes certain values, and this is none of them\n\n\
        The values are those of AWS's schema of the resource type, with their case of letters. Where they differ by region, they \
        are those of the stack's region.",
};

/// `CFN406`: a text that is not spelt as AWS wants it.
pub const CFN406: Code = Code {
    id: "CFN406",
    explanation: "a text does not have the form that AWS asks for\n\n\
        AWS's schema of the resource type gives a regular expression that the text must match.",
};

/// `CFN407`: too small or too large.
pub const CFN407: Code = Code {
    id: "CFN407",
    explanation: "a value is smaller or larger than AWS takes\n\n\
        AWS's schema of the resource type bounds the number, the characters of the text, or the items of the list.",
};

/// `CFN408`: the same item twice.
pub const CFN408: Code = Code {
    id: "CFN408",
    explanation: "a list holds the same item twice\n\n\
        AWS's schema of the resource type wants the items of this list to differ.",
};

/// `CFN409`: properties that do not go together.
pub const CFN409: Code = Code {
    id: "CFN409",
    explanation: "properties do not go together\n\n\
        Of some properties exactly one is allowed, some need another beside them, and some exclude each other. Which, AWS's schema \
        of the resource type says.",
};

/// `CFN410`: a property that only AWS sets.
pub const CFN410: Code = Code {
    id: "CFN410",
    explanation: "a resource sets a property that only AWS sets\n\n\
        The property is an attribute of the resource that exists: `GetAtt` reads it, a template cannot write it.",
};

/// `CFN411`: what holds of several properties together.
pub const CFN411: Code = Code {
    id: "CFN411",
    explanation: "a resource breaks a rule about several of its properties\n\n\
        Some combinations are refused by the service though each property is right by itself, such as a memory size that does not \
        go with a number of processors. The rules are cfn-lint's, which the message names; its documentation \
        (https://github.com/aws-cloudformation/cfn-lint/blob/main/docs/rules.md) says more.",
};

/// `CFN412`: a reference that gives something else.
pub const CFN412: Code = Code {
    id: "CFN412",
    explanation: "a reference gives something else than the property takes\n\n\
        What `Ref` and `GetAtt` give depends on the type: `Ref` of a role is its name and not its ARN, of a queue its URL, of a \
        secret its ARN. The message says what the reference gives, and what the property takes.",
};
