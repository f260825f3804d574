//! The commands where there is nothing yet: a mistyped folder is no new desk.

use anyhow::Result;
use atiende_tests::Place;

#[test]
#[ignore = "end to end: run `cargo xtask test`"]
fn a_mistyped_folder_is_no_new_desk() -> Result<()> {
    let place = Place::sqlite();
    for (command, status) in [
        (&["user", "list"][..], 1),
        (&["user", "deactivate", "ana@example.org"], 1),
        (&["token", "create", "--user", "ana@example.org", "--scope", "all"], 1),
        (&["token", "list"], 1),
        (&["verify"], 2),
    ] {
        let ran = place.run(command)?;
        assert_eq!(ran.status.code(), Some(status), "{command:?}: {}", ran.stderr);
        assert!(ran.stderr.contains("there is no data in"), "{command:?}: {}", ran.stderr);
        assert_eq!(std::fs::read_dir(place.folder())?.count(), 0, "{command:?} made something");
    }
    assert!(place.run(&["migrate"])?.status.success());
    assert!(place.run(&["user", "list"])?.status.success());
    Ok(())
}
