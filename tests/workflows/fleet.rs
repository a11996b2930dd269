//! Many organisations: `fleet.yml`, and the recipes of `examples/fleet` for GitHub, GitLab and Kubernetes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::{Value, json};

use super::plan::write;
use super::rules::fits;
use super::runner::{Done, Run, read};
use super::shell::{Ended, bash};
use super::world::{PATH, WEBEX_TOKEN, World};
use crate::common::needs::Test;
use crate::common::{copy, root, run, sorted};
use crate::{TOOLS, tests};

/// What is tested here, and what it needs.
pub const TESTS: &[Test] = &tests![&[] => the_callers_of_many_fit_what_they_call, the_manifests_are_what_a_cluster_should_run, the_pipeline_of_gitlab_starts_one_of_each; TOOLS => the_matrix_has_what_a_pull_request_or_a_push_changes, what_cannot_be_read_is_told_and_the_others_are_listed, pods_plan_every_organisation_once, a_pod_tells_the_drift_of_each_organisation, gitlab_plans_what_a_merge_request_changes];

const WORKFLOWS: &str = "examples/fleet/.github/workflows";
const CUSTOMERS: &str = "examples/fleet/customers";
const JOB: &str = "examples/fleet/kubernetes/plan-job.yml";
const CRON_JOB: &str = "examples/fleet/kubernetes/drift-cronjob.yml";
const SLUGS: [&str; 3] = ["emea--harbor-hotel", "north-dental", "oak-school"];

/// A repository with one organisation at its top and three customers.
fn world() -> World {
    let world = World::new();
    copy(&root().join(CUSTOMERS), &world.scratch().join("customers"));
    world.push("three customers");
    world
}

fn listed(done: &Done) -> BTreeSet<String> {
    let outputs = &done.job("list").outputs;
    let matrix: Value = serde_json::from_str(&outputs["matrix"]).unwrap();
    let jobs = matrix["include"].as_array().unwrap();
    assert_eq!(outputs["count"], jobs.len().to_string());
    let slug = |job: &Value| job["slug"].as_str().unwrap().to_owned();
    jobs.iter().map(slug).collect()
}

fn of(slugs: &[&str]) -> BTreeSet<String> {
    slugs.iter().map(|slug| (*slug).to_owned()).collect()
}

fn the_matrix_has_what_a_pull_request_or_a_push_changes() {
    let world = world();
    let pull = world.pull_request(7, "two-customers", |files| {
        let org = files.join("customers/north-dental/org.yaml");
        let text = std::fs::read_to_string(&org).unwrap();
        std::fs::write(&org, text + "# changed\n").unwrap();
        copy(
            &root().join("examples/quickstart"),
            &files.join("customers/new"),
        );
    });
    let list = |run: Run<'_>| run.with("path", "customers").with("changed", true).run();
    let done = list(Run::fleet_of_pull(&world, &pull));
    assert_eq!(
        listed(&done),
        of(&["new", "north-dental"]),
        "{}",
        done.log()
    );
    assert_eq!(done.job("list").outputs["exit"], "0");
    let all = Run::fleet_of_pull(&world, &pull)
        .with("path", "customers")
        .run();
    assert_eq!(listed(&all).len(), 4);

    // Nothing is applied yet; then all but what is changed afterwards.
    let pushed = world.merge(&pull);
    assert_eq!(listed(&list(Run::fleet_of_push(&world, &pushed))).len(), 4);
    for (slug, commit) in [
        ("north-dental", &pushed.before),
        ("oak-school", &pushed.before),
        ("emea--harbor-hotel", &pushed.sha),
        ("new", &pushed.sha),
    ] {
        let reference = format!("{commit}:refs/trunkline/applied-{slug}");
        world.git(&["push", "-q", "origin", &reference]);
    }
    let done = list(Run::fleet_of_push(&world, &pushed));
    assert_eq!(listed(&done), of(&["north-dental"]), "{}", done.log());
    // An apply that did not happen is not forgotten by the next push.
    let next = world.push("something else");
    assert_eq!(
        listed(&list(Run::fleet_of_push(&world, &next))),
        of(&["north-dental"])
    );
    assert_eq!(
        listed(&list(Run::fleet_of_push(&world, &next).by_hand())).len(),
        4
    );
    let part = Run::fleet_of_push(&world, &next)
        .with("path", "customers")
        .with("shard", "2/2")
        .run();
    assert_eq!(listed(&part), of(&["new", "oak-school"]));

    // Nothing of the customers: the job with the matrix is skipped.
    let pull = world.pull_request(8, "bakery", |files| {
        write(files, "more.yaml", "users: {}\n")
    });
    let done = list(Run::fleet_of_pull(&world, &pull));
    assert_eq!(done.job("list").outputs["count"], "0", "{}", done.log());
}

fn what_cannot_be_read_is_told_and_the_others_are_listed() {
    let world = world();
    let pull = world.pull_request(7, "broken", |files| {
        let broken = files.join("customers/broken\n::error::hostile/org.yaml");
        std::fs::create_dir_all(broken.parent().unwrap()).unwrap();
        std::fs::write(broken, "org: {name: \"\n").unwrap();
    });
    let done = Run::fleet_of_pull(&world, &pull)
        .with("path", "customers")
        .run();
    assert_eq!(done.result("list"), "success", "{}", done.log());
    assert_eq!(listed(&done), of(&SLUGS));
    assert_eq!(done.job("list").outputs["exit"], "1");
    let said = done.job("list").said();
    assert!(
        said.contains("organisations are missing") && !said.contains("hostile"),
        "{said}"
    );
    let none = Run::fleet_of_pull(&world, &pull)
        .with("path", "nowhere")
        .run();
    assert_eq!(none.result("list"), "failure", "{}", none.log());
}

fn the_callers_of_many_fit_what_they_call() {
    let files = sorted(&root().join(WORKFLOWS));
    assert_eq!(files.len(), 3);
    for file in files {
        let name = file.file_name().unwrap().to_str().unwrap();
        let caller = read(&format!("{WORKFLOWS}/{name}"));
        assert_eq!(caller["permissions"], json!({}), "{name}");
        let mut names: Vec<&str> = Vec::new();
        for (job, value) in caller["jobs"].as_object().unwrap() {
            let Some(uses) = value["uses"].as_str() else {
                assert_eq!(job, "missing", "{name}");
                assert_eq!(value["if"], "needs.fleet.outputs.exit != '0'");
                continue;
            };
            let called = uses
                .strip_prefix("OWNER/trunkline/")
                .and_then(|it| it.strip_suffix("@COMMIT"));
            let called = read(called.unwrap_or_else(|| panic!("{name}: {uses}")));
            fits(&format!("{name}, {job}"), value, &called);
            names.push(job);
            if job == "fleet" {
                continue;
            }
            assert_eq!(
                value["if"], "needs.fleet.outputs.count != '0'",
                "{name}: an empty matrix"
            );
            assert_eq!(value["strategy"]["fail-fast"], false, "{name}");
            assert_eq!(
                value["strategy"]["matrix"],
                "${{ fromJSON(needs.fleet.outputs.matrix) }}"
            );
            // A comment, a lock and a report for each.
            assert_eq!(value["with"]["path"], "${{ matrix.path }}", "{name}");
            assert_eq!(value["with"]["name"], "${{ matrix.slug }}", "{name}");
        }
        assert_eq!(names.len(), 2, "{name}: {names:?}");
    }
    let plan = read(&format!("{WORKFLOWS}/trunkline-fleet-plan.yml"));
    let events = plan["on"].as_object().unwrap();
    assert!(events.len() == 1 && events.contains_key("pull_request_target"));
    assert_eq!(plan["jobs"]["plan"]["secrets"], Value::Null);
    // One apply of an organisation at a time, whatever its matrix says.
    let apply = read(".github/workflows/apply.yml");
    assert_eq!(
        apply["jobs"]["apply"]["concurrency"]["group"],
        "trunkline-apply-${{ inputs.name }}"
    );
    for key in ["matrix", "count", "exit"] {
        let list = read(".github/workflows/fleet.yml");
        assert!(
            list["on"]["workflow_call"]["outputs"][key]["value"].is_string(),
            "{key}"
        );
    }
}

/// The specification of the Job in a manifest.
fn job(file: &str) -> Value {
    let manifest = read(file);
    match manifest["kind"].as_str() {
        Some("CronJob") => manifest["spec"]["jobTemplate"]["spec"].clone(),
        _ => manifest["spec"].clone(),
    }
}

fn the_manifests_are_what_a_cluster_should_run() {
    let cron = read(CRON_JOB);
    assert_eq!(
        (&cron["apiVersion"], &cron["kind"]),
        (&json!("batch/v1"), &json!("CronJob"))
    );
    assert_eq!(cron["spec"]["concurrencyPolicy"], "Forbid");
    assert_eq!(read(JOB)["kind"], "Job");
    for file in [JOB, CRON_JOB] {
        let job = job(file);
        assert_eq!(job["completionMode"], "Indexed", "{file}");
        // With `backoffLimit`, the first organisation that fails would end the pods of the others.
        assert!(
            job["backoffLimitPerIndex"].is_number() && job["backoffLimit"].is_null(),
            "{file}"
        );
        let pod = &job["template"]["spec"];
        assert_eq!(pod["restartPolicy"], "Never", "{file}");
        assert_eq!(pod["automountServiceAccountToken"], false, "{file}");
        assert_eq!(pod["securityContext"]["runAsNonRoot"], true, "{file}");
        let container = &pod["containers"][0];
        let variables = container["env"].as_array().unwrap();
        let parts = variables.iter().find(|it| it["name"] == "PARTS").unwrap();
        assert_eq!(
            parts["value"],
            job["completions"].to_string(),
            "{file}: every part has a pod"
        );
        assert!(
            container["args"][0]
                .as_str()
                .unwrap()
                .contains("JOB_COMPLETION_INDEX"),
            "{file}"
        );
        let volumes = pod["volumes"].as_array().unwrap();
        let volumes: BTreeSet<&str> = volumes
            .iter()
            .map(|it| it["name"].as_str().unwrap())
            .collect();
        for container in [container, &pod["initContainers"][0]] {
            let security = &container["securityContext"];
            assert_eq!(security["allowPrivilegeEscalation"], false, "{file}");
            assert_eq!(security["readOnlyRootFilesystem"], true, "{file}");
            assert_eq!(security["capabilities"]["drop"], json!(["ALL"]), "{file}");
            for mount in container["volumeMounts"].as_array().unwrap() {
                assert!(
                    volumes.contains(mount["name"].as_str().unwrap()),
                    "{file}: {mount}"
                );
            }
            for variable in container["env"].as_array().unwrap() {
                let secret = variable["valueFrom"]["secretKeyRef"].is_object();
                assert!(
                    secret || variable["name"] == "PARTS",
                    "{file}: {variable} is written down"
                );
            }
        }
    }
}

/// A pod with this index: its script, with the paths of the volumes in a directory of the test.
fn pod(file: &str, index: u64, volumes: &Path, env: &[(&str, &str)]) -> Ended {
    let container = job(file)["template"]["spec"]["containers"][0].clone();
    assert_eq!(container["command"], json!(["bash", "-c"]));
    let mut script = container["args"][0].as_str().unwrap().to_owned();
    for mount in container["volumeMounts"].as_array().unwrap() {
        let path = mount["mountPath"].as_str().unwrap();
        std::fs::create_dir_all(format!("{}{path}", volumes.display())).unwrap();
        for before in [" ", "\""] {
            script = script.replace(
                &format!("{before}{path}"),
                &format!("{before}VOLUMES{path}"),
            );
        }
    }
    let script = script.replace("VOLUMES", &volumes.display().to_string());
    let program = Path::new(env!("CARGO_BIN_EXE_trunkline")).parent().unwrap();
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
    let home = volumes.display().to_string();
    let index = index.to_string();
    let mut all: BTreeMap<String, String> = [
        ("PATH", path.as_str()),
        ("HOME", &home),
        ("JOB_COMPLETION_INDEX", &index),
    ]
    .iter()
    .chain(env)
    .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
    .collect();
    for variable in container["env"].as_array().unwrap() {
        if let (Some(name), Some(value)) = (variable["name"].as_str(), variable["value"].as_str()) {
            all.entry(name.to_owned())
                .or_insert_with(|| value.to_owned());
        }
    }
    bash(&script, volumes, &all)
}

fn pods_plan_every_organisation_once() {
    let directory = tempfile::tempdir().unwrap();
    let volumes = directory.path();
    copy(
        &root().join(CUSTOMERS),
        &volumes.join("files/repository/customers"),
    );
    let pods = job(JOB)["completions"].as_u64().unwrap();
    let ended: Vec<Ended> = (0..pods)
        .map(|index| pod(JOB, index, volumes, &[]))
        .collect();
    let codes: Vec<i32> = ended.iter().map(|it| it.code).collect();
    // The third organisation is blocked; the fourth pod has none.
    assert_eq!(codes, [0, 0, 4, 0], "{ended:#?}");
    for slug in SLUGS {
        let told = ended.iter().filter(|it| {
            it.log
                .contains(&format!("customers/{}", slug.replace("--", "/")))
        });
        assert_eq!(told.count(), 1, "{slug}: {ended:#?}");
        assert!(
            volumes
                .join("reports")
                .join(slug)
                .join("plan.json")
                .is_file(),
            "{slug}"
        );
    }
}

fn a_pod_tells_the_drift_of_each_organisation() {
    let world = World::new();
    let directory = tempfile::tempdir().unwrap();
    let volumes = directory.path();
    let customers = volumes.join("files/repository/customers");
    copy(&world.scratch().join(PATH), &customers.join("bakery"));
    // No token: it is unknown whether anything differs, and the bakery is checked all the same.
    copy(
        &root().join(CUSTOMERS).join("north-dental"),
        &customers.join("a-dental"),
    );
    for (slug, text) in [
        ("tokens/bakery", "a token\n"),
        ("reports/a-dental/drift.md", "of yesterday\n"),
    ] {
        let path = volumes.join(slug);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let env = [
        ("PARTS", "1"),
        ("TRUNKLINE_API_URL", world.webex.as_str()),
        ("WEBEX_ACCESS_TOKEN", WEBEX_TOKEN),
    ];
    let ended = pod(CRON_JOB, 0, volumes, &env);
    assert_eq!(ended.code, 1, "{}", ended.log);
    assert!(
        ended.log.contains("a-dental: exit code 1") && ended.log.contains("bakery: exit code 2"),
        "{}",
        ended.log
    );
    let report = |slug: &str| {
        std::fs::read_to_string(volumes.join("reports").join(slug).join("drift.md")).unwrap()
    };
    assert!(
        report("bakery").contains("diego@elmstreet.example"),
        "{}",
        report("bakery")
    );
    assert_eq!(report("a-dental"), "of yesterday\n");
    std::fs::remove_dir_all(customers.join("a-dental")).unwrap();
    let ended = pod(CRON_JOB, 0, volumes, &env);
    assert_eq!(ended.code, 2, "{}", ended.log);
    let policy = &job(CRON_JOB)["podFailurePolicy"]["rules"][0];
    assert_eq!(
        (&policy["action"], &policy["onExitCodes"]["values"]),
        (&json!("FailIndex"), &json!([2]))
    );
    // As the files say, it is fine.
    let bakery = customers.join("bakery");
    for file in ["phones.yaml", "bakery.yaml"] {
        let text = std::fs::read_to_string(bakery.join(file)).unwrap();
        let text = match file {
            "phones.yaml" => text.split("\nusers:").next().unwrap().to_owned(),
            _ => text.replace("existingUsers: true", "existingUsers: false"),
        };
        std::fs::write(bakery.join(file), text).unwrap();
    }
    let ended = pod(CRON_JOB, 0, volumes, &env);
    assert_eq!(ended.code, 0, "{}", ended.log);
}

const PARENT: &str = "examples/fleet/gitlab-ci.yml";
const CHILD: &str = "examples/fleet/gitlab-fleet.yml";

fn the_pipeline_of_gitlab_starts_one_of_each() {
    let (parent, child) = (read(PARENT), read(CHILD));
    let trigger = &parent["organisations"]["trigger"];
    assert_eq!(
        trigger["include"],
        json!([{"artifact": "child.yml", "job": "list"}])
    );
    assert_eq!(trigger["strategy"], "depend");
    let job = &child["organisation"];
    assert_eq!(job["extends"], ".trunkline-fleet");
    // Rules of its own would run it without a matrix.
    assert_eq!(job["rules"], Value::Null);
    assert_eq!(job["resource_group"], "trunkline-$TRUNKLINE_SLUG");
    assert_eq!(job["environment"]["name"], "webex-read/$TRUNKLINE_SLUG");
    for (name, job) in parent.as_object().unwrap() {
        let runs = job.get("script").is_some() || job.get("trigger").is_some();
        assert_eq!(runs, job["rules"].is_array(), "{name}");
    }
}

fn gitlab_plans_what_a_merge_request_changes() {
    let world = world();
    let base = world.git(&["rev-parse", "main"]);
    let org = world.scratch().join("customers/oak-school/org.yaml");
    let text = std::fs::read_to_string(&org).unwrap();
    std::fs::write(&org, text + "# changed\n").unwrap();
    for file in [PARENT, CHILD] {
        let name = Path::new(file).file_name().unwrap();
        std::fs::copy(root().join(file), world.scratch().join(name)).unwrap();
    }
    world.git(&["checkout", "-q", "-b", "change"]);
    world.git(&["add", "-A"]);
    world.git(&["commit", "-q", "-m", "change"]);
    let program = Path::new(env!("CARGO_BIN_EXE_trunkline")).parent().unwrap();
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
    let place = world.scratch();
    let mut env: BTreeMap<String, String> = [
        ("PATH", path.as_str()),
        ("HOME", place.to_str().unwrap()),
        ("CI_PROJECT_DIR", place.to_str().unwrap()),
        ("CI_PIPELINE_SOURCE", "merge_request_event"),
        ("CI_MERGE_REQUEST_DIFF_BASE_SHA", &base),
        ("TRUNKLINE_ROOT", "customers"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    let script = |file: &Value, job: &str| {
        let lines = file[job]["script"].as_array().unwrap();
        assert_eq!(lines.len(), 1);
        lines[0].as_str().unwrap().to_owned()
    };
    let list = bash(&script(&read(PARENT), "list"), &place, &env);
    assert_eq!(list.code, 0, "{}", list.log);
    let child: Value =
        serde_saphyr::from_str(&std::fs::read_to_string(place.join("child.yml")).unwrap()).unwrap();
    let matrix = child[".trunkline-fleet"]["parallel"]["matrix"]
        .as_array()
        .unwrap();
    assert_eq!(matrix.len(), 1, "{child}");
    for (name, value) in matrix[0].as_object().unwrap() {
        env.insert(name.clone(), value.as_str().unwrap().to_owned());
    }
    let exit = std::fs::read_to_string(place.join("fleet.env")).unwrap();
    env.insert(
        "FLEET_EXIT".to_owned(),
        exit.trim().strip_prefix("FLEET_EXIT=").unwrap().to_owned(),
    );
    assert_eq!(
        bash(&script(&read(PARENT), "missing"), &place, &env).code,
        0
    );
    env.insert("FLEET_EVENT".to_owned(), "merge_request_event".to_owned());
    env.insert("FLEET_TARGET".to_owned(), "main".to_owned());
    let plan = bash(&script(&child, "organisation"), &place, &env);
    assert_eq!(plan.code, 4, "{}", plan.log);
    let report = std::fs::read_to_string(place.join("report/oak-school/report.md")).unwrap();
    assert!(report.contains("sam@oakschool.example"), "{report}");
    // The same plan as on a machine of one's own.
    let alone = run(
        &place,
        &[
            "plan",
            "customers/oak-school",
            "--policy-ref",
            "main",
            "--format",
            "json",
        ],
    );
    assert_eq!(alone.exit, 4, "{}", alone.all());

    // Something that cannot be read: the others have their jobs, and the pipeline fails.
    std::fs::write(place.join("customers/users.yaml"), "users: {}\n").unwrap();
    world.git(&["add", "-A"]);
    world.git(&["commit", "-q", "-m", "stray"]);
    let list = bash(&script(&read(PARENT), "list"), &place, &env);
    assert_eq!(list.code, 0, "{}", list.log);
    assert_eq!(
        std::fs::read_to_string(place.join("fleet.env")).unwrap(),
        "FLEET_EXIT=1\n"
    );
    env.insert("FLEET_EXIT".to_owned(), "1".to_owned());
    assert_eq!(
        bash(&script(&read(PARENT), "missing"), &place, &env).code,
        1
    );
}
