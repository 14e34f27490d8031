from tests.e2e.night.plans import *
from tests.e2e.night.stage import Stage
import json, time

def test_try(stage: Stage):
    t=time.monotonic()
    def lap(w):
        nonlocal t
        print("LAP", w, round(time.monotonic()-t,2)); t=time.monotonic()
    stage.bring(release(talk("open"), by_job("deploy","payments-api","jo","open"), talk("close","deploy"), health=limit()))
    lap("import")
    stage.metrics.values["error_ratio"]=0.1
    r=stage.night(); print(r.err); lap("night")
    r=stage.act("mara","step",RELEASE,"open","done"); print(r.status, r.err); lap("step")
    r=stage.night(); print(r.err); lap("night")
    stage.metrics.values["error_ratio"]=0.9
    r=stage.night(); print(r.err, r.json["reasons"], r.json["triggers"]); lap("night")
    r=stage.act("mara","rollback",RELEASE); print(r); lap("rollback asked")
    r=stage.act("mara","rollback",RELEASE,"--answer",stage.signed("lena")); print(r); lap("rollback")
    print(stage.fleet.log)
    r=stage.desk.run("report",RELEASE); print(r.out)
    for l in stage.log(): print(l)
    raise SystemExit
