//! Oracle's own Python package as a judge: of our signatures, byte for byte, and of the stand-in, with
//! its clients.

use std::path::PathBuf;
use std::process::Command;

use serde_json::{Value, json};

use crate::oci::world::{self, FINGERPRINT, TENANCY, USER, World};
use crate::project::Project;
use crate::tools;

/// Runs a script with Oracle's package, which is imported from its wheel: unpacked it has 500 MB.
fn python(script: &str, input: &Value) -> Value {
    let python = tools::pip(
        "pyOpenSSL",
        "26.4.0",
        &[
            "PyJWT",
            "certifi",
            "circuitbreaker",
            "crc32c",
            "python-dateutil",
            "pytz",
            "urllib3",
        ],
    );
    let wheel = tools::wheel("oci", "2.189.0");
    let dir = tempfile::tempdir().unwrap();
    let asked = dir.path().join("input.json");
    std::fs::write(&asked, input.to_string()).unwrap();
    let script = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/support/oci")
        .join(script);
    let mut command = Command::new(python);
    command
        .arg(script)
        .arg(wheel)
        .arg(&asked)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", dir.path())
        .env("OCI_PYTHON_SDK_NO_SERVICE_IMPORTS", "1");
    let said = tools::output("Oracle's Python package", &mut command);
    serde_json::from_slice(&said).unwrap()
}

#[test]
fn oracles_signer_signs_the_same_bytes() {
    let world = World::good();
    assert_eq!(Project::of(&world).check().told(), "exit 0\n");
    let signed = world.signed();
    let requests: Vec<Value> = signed
        .iter()
        .map(|one| {
            json!({
                "method": one.method,
                "url": format!("http://{}{}", one.host, one.target),
                "date": one.date,
                "body": String::from_utf8(one.body.clone()).unwrap(),
            })
        })
        .collect();
    let input = json!({
        "tenancy": TENANCY,
        "user": USER,
        "fingerprint": FINGERPRINT,
        "key": world::private_key(),
        "requests": requests,
    });
    let theirs = python("sign.py", &input);
    assert!(signed.iter().any(|one| one.method == "POST"));
    assert!(
        signed
            .iter()
            .any(|one| one.target.contains("FOCUS%20Reports"))
    );
    for (one, theirs) in signed.iter().zip(theirs.as_array().unwrap()) {
        assert_eq!(
            one.authorization,
            theirs.as_str().unwrap(),
            "{}",
            one.target
        );
    }
}

#[test]
fn oracles_clients_read_the_stand_in() {
    let world = World::good();
    let input = json!({
        "tenancy": TENANCY,
        "user": USER,
        "fingerprint": FINGERPRINT,
        "key": world::private_key(),
        "endpoint": world.url("eu-frankfurt-1", "SERVICE"),
        "elsewhere": world.url("us-ashburn-1", "SERVICE"),
    });
    let found = python("drive.py", &input);
    insta::assert_snapshot!(serde_json::to_string_pretty(&found).unwrap(), @r##"
    {
      "advisor": [
        "ACTIVE"
      ],
      "another key": "401 NotAuthenticated: The required information to complete authentication was not provided or was incorrect.",
      "byte": 1,
      "compartments": [
        "shop",
        "web"
      ],
      "currencies": [
        "EUR",
        " "
      ],
      "days": 18,
      "elsewhere": "404 BucketNotFound: Either the bucket named 'ocid1.tenancy.oc1..acmeroot' does not exist in the namespace 'bling' or you are not authorized to access it",
      "groups": [
        "Administrators",
        "cost-readers"
      ],
      "home": "FRA",
      "keys": [
        "ACTIVE"
      ],
      "memberships": [
        "ocid1.group.oc1..costreaders"
      ],
      "parent": [
        "acme"
      ],
      "policies": [
        10
      ],
      "regions": [
        [
          "eu-frankfurt-1",
          true
        ],
        [
          "us-ashburn-1",
          false
        ]
      ],
      "reports": [
        150,
        "reports/cost-csv/0001000000949991.csv.gz"
      ],
      "unknown": "404 NotAuthorizedOrNotFound: Authorization failed or requested resource not found."
    }
    "##);
}
