//! Documents: the README's transcripts are run, the page of kinds is what the schema says.

use std::path::Path;
use std::process::Command;

use crate::schemas::UPDATE;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

#[test]
fn the_page_of_kinds_is_fresh() {
    let path = Path::new(ROOT).join("docs/kinds.md");
    let page = reggie_cfn::component::kinds_page();
    if std::env::var_os(UPDATE).is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap();
    assert!(committed == page, "docs/kinds.md is not what the schema says: run `{UPDATE}=1 cargo test docs`");
}

#[test]
fn the_page_of_policy_is_fresh() {
    let path = Path::new(ROOT).join("docs/policy.md");
    let page = reggie_cfn::policy::page();
    if std::env::var_os(UPDATE).is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap();
    assert!(committed == page, "docs/policy.md is not what the rules say: run `{UPDATE}=1 cargo test docs`");
}

/// Every ```` ```console ```` block of the documents: `$ reggie-cfn …` and what it prints.
#[test]
fn transcripts_are_true() {
    let mut count = 0;
    for (folder, file) in
        [("", "README.md"), ("", "docs/language.md"), ("", "docs/local.md"), ("examples/sgcarstrends", "README.md")]
    {
        let folder = Path::new(ROOT).join(folder);
        let text = std::fs::read_to_string(folder.join(file)).unwrap();
        for block in text.split("```console\n").skip(1).filter_map(|b| b.split("```").next()) {
            let (command, expected) = block.split_once('\n').unwrap();
            let arguments = command.strip_prefix("$ reggie-cfn ").expect("a transcript runs reggie-cfn");
            let output = Command::new(env!("CARGO_BIN_EXE_reggie-cfn"))
                .args(arguments.split(' '))
                .current_dir(&folder)
                .env("NO_COLOR", "1")
                .env_remove("COLUMNS")
                .output()
                .unwrap();
            let printed = [output.stdout, output.stderr].concat();
            assert_eq!(String::from_utf8(printed).unwrap(), expected, "{file}: {command}");
            count += 1;
        }
    }
    assert!(count >= 3, "only {count} transcripts");
}

/// Every command in a ```` ```sh ```` block of an example's README: scripts are there and say what they would do, our own commands
/// have the options that are written.
#[test]
fn commands_of_examples_can_be_called() {
    for example in ["api-gateway", "sgcarstrends"] {
        let folder = Path::new(ROOT).join("examples").join(example);
        let text = std::fs::read_to_string(folder.join("README.md")).unwrap();
        let blocks = text.split("```sh\n").skip(1).filter_map(|block| block.split("```").next());
        let mut count = 0;
        for line in blocks.flat_map(str::lines) {
            let words: Vec<&str> = line.split('#').next().unwrap().split_whitespace().collect();
            let Some((program, arguments)) = words.split_first() else { continue };
            let mut command = match *program {
                "reggie-cfn" => {
                    let mut command = Command::new(env!("CARGO_BIN_EXE_reggie-cfn"));
                    command.args(&arguments[..1]).arg("--help");
                    command
                }
                script => {
                    assert!(script.starts_with("out/") && arguments.contains(&"--dry-run"), "{line}");
                    let mut command = Command::new(folder.join(script));
                    command.args(arguments);
                    command
                }
            };
            let output = command.current_dir(&folder).env("NO_COLOR", "1").output().unwrap();
            assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
            let help = String::from_utf8(output.stdout).unwrap();
            if *program == "reggie-cfn" {
                let options = arguments.iter().filter(|word| word.starts_with("--"));
                options.for_each(|option| assert!(help.contains(option), "{line}: there is no {option}"));
            }
            count += 1;
        }
        assert!(count >= 5, "{example}: only {count} commands");
    }
}

/// The README's project of one's own compiles.
#[test]
fn the_example_of_the_readme_compiles() {
    let text = std::fs::read_to_string(Path::new(ROOT).join("README.md")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("environments")).unwrap();
    let mut files = 0;
    for block in text.split("```yaml\n").skip(1).filter_map(|b| b.split("```").next()) {
        let name = block.lines().next().and_then(|l| l.strip_prefix("# ")).unwrap();
        std::fs::write(folder.path().join(name), block).unwrap();
        files += 1;
    }
    assert_eq!(files, 3);
    for stage in ["production", "pr-12"] {
        let output = Command::new(env!("CARGO_BIN_EXE_reggie-cfn"))
            .args(["build", stage, "--strict", "--project"])
            .arg(folder.path())
            .output()
            .unwrap();
        assert!(output.status.success(), "{stage}: {}", String::from_utf8_lossy(&output.stderr));
    }
}
