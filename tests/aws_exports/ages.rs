//! `aws.export.age`: how old the newest delivery is, through the turn of a month.

use insta::assert_snapshot;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::aws::world::{Delivery, World};
use crate::project::Project;
use crate::{check_at, evidence, hours, statuses, told_at};

const AGE: &str = "aws.export.age";

#[test]
fn late_is_a_warning_and_stale_a_failure() {
    let world = World::good();
    let project = Project::of(&world);
    let now = Timestamp::now();
    for (age, status, code) in [(35, "pass", 0), (37, "warn", 0), (73, "fail", 1)] {
        world.delivered_at(now - hours(age));
        let checked = project.check();
        assert_eq!(checked.code, code, "{}", checked.told());
        for delivery in Delivery::ALL {
            assert_eq!(
                statuses(&checked, delivery),
                format!("pass pass pass pass pass {status}")
            );
        }
    }
    assert_snapshot!(told_at(&project.check(), AGE, Delivery::Hourly), @r##"
    fail aws.export.age export/aws/<payer>/hourly
      the newest delivery is 3 days old
      help: see `aws.export.health`, and the bucket's policy and encryption: AWS delivers at least once a day
    "##);
}

#[test]
fn data_goes_to_the_day_of_the_delivery() {
    let world = World::good();
    let at = Timestamp::now() - hours(5);
    world.delivered_at(at);
    let checked = Project::of(&world).check();
    let day = at.to_zoned(TimeZone::UTC).date().to_string();
    let first = at
        .to_zoned(TimeZone::UTC)
        .date()
        .first_of_month()
        .to_string();
    let through = evidence(&checked, AGE, Delivery::Focus, "data_through");
    assert!(through == day || through == first, "{through} {day}");
    let delivered = evidence(&checked, AGE, Delivery::Focus, "delivered_at");
    assert_eq!(delivered, at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string());
}

#[test]
fn in_the_first_days_of_a_month_the_last_month_counts() {
    let world = World::good();
    let today = Timestamp::now().to_zoned(TimeZone::UTC).date();
    let next = today.first_of_month().saturating_add(1.month());
    // This month is over, and was delivered on the first; of the next nothing is there yet.
    let delivered = next
        .at(3, 0, 0, 0)
        .to_zoned(TimeZone::UTC)
        .unwrap()
        .timestamp();
    world.delivered_at(delivered);
    let project = Project::of(&world);
    let checked = check_at(&project, delivered + hours(6));
    for delivery in Delivery::ALL {
        assert_eq!(
            statuses(&checked, delivery),
            "pass pass pass pass pass pass"
        );
        let through = evidence(&checked, AGE, delivery, "data_through");
        assert_eq!(through, next.yesterday().unwrap().to_string());
    }
    let checked = check_at(&project, delivered + hours(80));
    assert_eq!(
        statuses(&checked, Delivery::Focus),
        "pass pass pass pass pass fail"
    );
}
